"""The lists of libraries agree: environment.yml, pyproject.toml, constraints.txt, the imports."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
PINS = [
    line
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def test_environment_lists_what_pyproject_lists() -> None:
    (pip,) = [entry["pip"] for entry in ENVIRONMENT["dependencies"] if isinstance(entry, dict)]
    assert pip == [*PROJECT["dependencies"], "-e ."]  # and the workbench itself, last


def test_environment_has_the_python_that_pyproject_asks_for() -> None:
    conda = [entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)]
    assert ENVIRONMENT["name"] == PROJECT["name"]
    assert conda == ["python=3.11", "pip"]
    assert PROJECT["requires-python"] == ">=3.11"


def test_constraints_are_names_and_versions_only() -> None:
    odd = [line for line in PINS if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+]*", line)]
    assert odd == []
    assert len(names(PINS)) == len(PINS)


def test_every_dependency_is_pinned_to_a_version_it_allows() -> None:
    pins = {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in PINS}
    wanted = [Requirement(text) for text in [*PROJECT["dependencies"], *EXTRAS["dev"]]]
    wrong = [
        f"{want} is pinned to {pins.get(canonicalize_name(want.name))}"
        for want in wanted
        if not want.specifier.contains(pins.get(canonicalize_name(want.name), "0"))
    ]
    assert wrong == []


def test_the_package_imports_only_what_it_lists() -> None:
    known = packages_distributions()
    listed = names(PROJECT["dependencies"]) | names(EXTRAS["spark"]) | names(EXTRAS["browser"])
    unlisted = {
        f"{path.relative_to(ROOT)} imports {module}"
        for path in (ROOT / "workbench").rglob("*.py")
        for module in _imported(path)
        if module not in sys.stdlib_module_names and module != "workbench"
        # The browser that measures the dashboards is a tool of those who work on them.
        if not (module == "playwright" and path.parent.name == "benchmark")
        if not {canonicalize_name(name) for name in known.get(module, [module])} & listed
    }
    assert unlisted == set()


def _imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_ = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain | from_}
