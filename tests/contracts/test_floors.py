"""The house keeps its shape: floors, small rooms, no two-way doors, GX behind one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "workbench").rglob("*.py"))
MOST_LINES = 400


def test_the_street_is_walked_downhill() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_two_modules_import_each_other() -> None:
    graph = grimp.build_graph("workbench", exclude_type_checking_imports=True, cache_dir=None)
    doors = {(a, b) for a in graph.modules for b in graph.find_modules_directly_imported_by(a)}
    assert [(a, b) for a, b in sorted(doors) if a < b and (b, a) in doors] == []


def test_rooms_are_small() -> None:
    lines = {str(f.relative_to(ROOT)): len(f.read_text("utf-8").splitlines()) for f in FILES}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_only_the_bridge_imports_gx_and_only_inside_functions() -> None:
    rooms = {f.relative_to(ROOT / "workbench").parts[0] for f in FILES if _imports_gx(f)}
    assert rooms <= {"gx_bridge.py", "gx_bridge"}
    assert [str(f) for f in FILES if _imports_gx(f, at_the_top=True)] == []


def _imports_gx(path: Path, at_the_top: bool = False) -> bool:
    tree = ast.parse(path.read_text("utf-8"))
    names: list[str] = []
    for node in tree.body if at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
    return any(name.split(".")[0] == "great_expectations" for name in names)
