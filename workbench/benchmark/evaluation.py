"""How long an import takes, and a whole evaluation of made cases; how much memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_IMPORT = "import time; t = time.perf_counter(); import workbench; print(time.perf_counter() - t)"
# Evaluated in a fresh process, so that its memory is its own.
_EVALUATE = """
import resource, sys, time
started = time.perf_counter()
import workbench
loaded = workbench.load(sys.argv[1])
read = time.perf_counter()
run = workbench.evaluate(loaded, as_of=sys.argv[3])
judged = time.perf_counter()
run.save(sys.argv[2])
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
print(read - started, judged - read, done - judged, done - started, peak)
"""
AS_OF = "2026-06-30"


def measure(cases: int, progress: Callable[[str], None] = lambda step: None) -> dict[str, Any]:
    """Seconds and GB: `import_s`, then load, evaluate, write and all of `cases` made cases.

    Each evaluation runs in a fresh interpreter; `peak_gb` is its largest resident memory
    (the process that writes the workbook not counted: some 0.3 GB for a short while).
    """
    from workbench.pack import find_pack
    from workbench.shared_files import shared_folder
    from workbench.synthesis import synthesize

    figures: dict[str, Any] = {"cores": os.cpu_count(), "cases": cases}
    progress("import")
    figures["import_s"] = round(min(float(python_prints(_IMPORT)) for _ in range(5)), 3)
    with tempfile.TemporaryDirectory() as temporary:
        source, out = Path(temporary) / "cases", Path(temporary) / "out"
        progress("synthesize")
        started = time.perf_counter()
        synthesize(find_pack("hrss", shared_folder("expectations")), source, cases, 1)
        figures["synthesize_s"] = round(time.perf_counter() - started, 2)
        progress("evaluate")
        names = ("load_s", "evaluate_s", "write_s", "end_to_end_s", "peak_gb")
        values = python_prints(_EVALUATE, str(source), str(out), AS_OF).split()
        figures.update({n: round(float(v), 2) for n, v in zip(names, values, strict=True)})
    return figures


def python_prints(code: str, *arguments: str) -> str:
    """Run a few lines in a fresh interpreter and return what it printed."""
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
