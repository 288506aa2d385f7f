"""Importing the package costs next to nothing, and only one room ever loads GX."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"duckdb", "great_expectations", "pandas", "plotly", "pyarrow", "scipy", "sqlglot"}

IMPORT = """
import json, sys, time
start = time.perf_counter()
import workbench
seconds = time.perf_counter() - start
print(json.dumps([seconds, sorted(sys.modules)]))
"""

IMPORT_EVERYTHING = """
import importlib, json, pkgutil, sys
import workbench
for module in pkgutil.walk_packages(workbench.__path__, "workbench."):
    if not module.name.startswith("workbench._") and not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps("great_expectations" in sys.modules))
"""


def in_fresh_interpreter(code: str) -> object:
    """What `code` prints, as JSON; a new process, as a notebook kernel or a script is."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_import_is_light_and_quick() -> None:
    """The best of five, because other work on the machine must not fail a build."""
    seconds = []
    for _ in range(5):
        took, modules = in_fresh_interpreter(IMPORT)
        assert HEAVY & set(modules) == set()
        seconds.append(took)
    assert min(seconds) < 0.3


def test_no_module_loads_gx_when_it_is_imported() -> None:
    assert in_fresh_interpreter(IMPORT_EVERYTHING) is False
