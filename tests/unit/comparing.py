"""Runs to compare: small ones made of outcomes alone, in folders as `save` leaves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.artefacts import LAYOUT

TEXT = {"zh": "检查", "en": "check"}


def about(check: str, asset: str = "cases") -> dict[str, Any]:
    """What a run says of a check."""
    return {
        "title": {"zh": f"检查 {check}", "en": f"check {check}"}, "remedy": TEXT, "rule": "",
        "clause": "1", "grade": "major", "verified": True, "veto": False, "topic": "t",
        "asset": asset, "shown": {"observed": {}, "expected": {}}, "duty": {}, "facts": {},
        "due": False,
    }  # fmt: skip


def write_run(
    folder: Path,
    outcomes: pd.DataFrame,
    *,
    as_of: str = "2026-03-31",
    period: tuple[str, str] = ("2026-01-01", "2026-12-31"),
    rules: Mapping[str, Mapping[str, str]] | None = None,
    untested: Mapping[str, list[str]] | None = None,
    pack: Mapping[str, Any] | None = None,
    profile: Mapping[str, Any] | None = None,
    classes: Mapping[str, str] | None = None,
) -> Path:
    """A run folder of one asset: `outcomes` has subject_id, organ_id, unit_id, kind and a column a
    check; untested checks have none."""
    kernel = ["subject_id", "organ_id", "unit_id", "kind"]
    checks = [c for c in outcomes.columns if c not in kernel]
    known = [*checks, *(untested or {})]
    frames = {
        "facts/cases": outcomes[kernel].assign(case_id=outcomes["subject_id"]),
        "outcomes/cases": outcomes[["subject_id", *checks]].astype(dict.fromkeys(checks, "int8")),
        "names": pd.DataFrame({"table": ["units"], "id": ["u1"], "name": ["第一队"]}),
        "tallies": _tallies(outcomes, checks),
    }
    for name, frame in frames.items():
        path = folder / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(path, index=False)
    described = {
        "assets": {"cases": {"title": TEXT, "table": "cases", "unit": "units", "organ": "organs"}},
        "checks": {check: about(check) for check in known},
        "systems": [], "topics": [], "words": {}, "labels": {}, "clocks": {}, "rubrics": {},
        "facts": {"cases": dict(classes or {})},
        "rules": rules if rules is not None else {c: {"rule": c, "facts": c} for c in known},
    }  # fmt: skip
    manifest = {
        "layout": LAYOUT, "as_of": as_of, "period": list(period), "run_id": folder.name,
        "seal": folder.name, "made": {"at": as_of}, "untested": dict(untested or {}),
        "profile": dict(profile or {}), "assets": {"cases": len(outcomes)}, "case_asset": "cases",
        "pack": {"id": "p", "version": "1", "digest": "d", "title": TEXT, "language": "zh",
                 **(pack or {})},
        "artefacts": [{"path": f"{name}.parquet"} for name in frames],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "checks.json").write_text(json.dumps(described), "utf-8")
    return folder


def _tallies(outcomes: pd.DataFrame, checks: list[str]) -> pd.DataFrame:
    names = {1: "passed", 2: "failed", 3: "cannot_tell", 4: "not_yet_due", 0: "not_applicable"}
    rows = [
        {
            "check_id": check,
            **{n: int((outcomes[check] == code).sum()) for code, n in names.items()},
        }
        for check in checks
    ]
    return pd.DataFrame(rows, columns=["check_id", *names.values()]).astype(
        dict.fromkeys(names.values(), "int64")
    )


def subjects(rows: list[tuple[Any, ...]], checks: list[str]) -> pd.DataFrame:
    """Rows of (subject, unit, outcome, outcome, ...) of one organ."""
    frame = pd.DataFrame(rows, columns=["subject_id", "unit_id", *checks])
    return frame.assign(organ_id="o1", kind="k")
