"""The record of a draw: everything needed to draw it again, and a hash that shows a change.

JSON with texts and whole numbers only; a probability is a fraction such as `3/40`. `sha256` is
SHA-256 over all the rest, written without spaces and with sorted keys, in UTF-8. The hash finds a
slip and a careless change; a careful one is found by drawing again (`again`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from workbench.sampling.chance import METHOD
from workbench.sampling.draw import Drawn, Layer
from workbench.sampling.plan import Plan
from workbench.sampling.population import Population
from workbench.sampling.source import SampledRun
from workbench.terms import InputError

Record = Mapping[str, Any]
_PARTS = ("method", "run", "population", "plan", "strata", "draw", "sha256")


def record(
    run: SampledRun,
    plan: Plan,
    population: Population,
    drawn: Sequence[Drawn],
    layers: Sequence[Layer],
) -> dict[str, Any]:
    """What a draw was made of, and what it gave."""
    content = {
        "method": METHOD,
        "run": run_identity(run),
        "population": {
            "cases": len(population.subjects),
            "left_out": population.left_out,
            "sha256": population.sha256,
        },
        "plan": plan.as_dict(),
        "strata": [
            {"stratum": one.stratum, "values": list(one.values), "inclusion": str(one.inclusion),
             "cases": one.cases, "drawn": one.drawn}
            for one in layers
        ],
        "draw": [
            {"order": one.order, "case_id": one.subject.case_id, "unit_id": one.subject.unit_id,
             "stratum": one.subject.stratum, "inclusion": str(one.inclusion),
             "reviewers": list(one.reviewers)}
            for one in drawn
        ],
    }  # fmt: skip
    return {**content, "sha256": digest(content)}


def run_identity(run: SampledRun) -> dict[str, Any]:
    """Which run it was: its id once it is saved, its day, its pack, the files it was made of."""
    manifest = run.manifest
    inputs = sorted(f"{one['table']} {one['sha256']}" for one in manifest["inputs"])
    return {
        "run_id": manifest.get("run_id"),
        "as_of": manifest["as_of"],
        "period": list(manifest["period"]),
        "pack": manifest["pack"]["id"],
        "pack_digest": manifest["pack"]["digest"],
        "inputs": hashlib.sha256("\n".join(inputs).encode("utf-8")).hexdigest(),
    }


def digest(content: Record) -> str:
    """The hash of a record, whatever its `sha256` says."""
    core = {name: part for name, part in content.items() if name != "sha256"}
    text = json.dumps(core, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def as_text(content: Record) -> str:
    """The record as a file."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_record(path: Path) -> dict[str, Any]:
    """The record in a file; whether it was changed is for `again` to say.

    Raises `InputError` for a file that is no record, or of a method that is not this version's.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{path}: is no record of a draw: it is no JSON") from None
    missing = [p for p in _PARTS if p not in content] if isinstance(content, dict) else _PARTS
    if missing:
        raise InputError(f"{path}: is no record of a draw: it lacks {', '.join(missing)}")
    if content["method"] != METHOD:
        raise InputError(
            f"{path}: was drawn by the method {content['method']}; this version repeats {METHOD}"
        )
    try:
        Plan.from_dict(content["plan"])
        _checked(content)
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        raise InputError(f"{path}: is no whole record of a draw: {error!r}") from None
    return dict(content)


def _checked(content: Record) -> None:
    """Every part that is read later has the shape it is read in."""
    for one in content["strata"]:
        sound = 0 <= Fraction(one["inclusion"]) <= 1 and 0 <= one["drawn"] <= one["cases"]
        if not (sound and isinstance(one["stratum"], str) and isinstance(one["values"], list)):
            raise ValueError("a stratum that cannot be")
    strata = {(one["stratum"], one["inclusion"]) for one in content["strata"]}
    for one in content["draw"]:
        sound = (one["stratum"], one["inclusion"]) in strata and Fraction(one["inclusion"]) > 0
        if not (sound and isinstance(one["reviewers"], list) and isinstance(one["order"], int)):
            raise ValueError("a drawn case that cannot be")
        if not isinstance(one["case_id"], str) or "unit_id" not in one:
            raise ValueError("a drawn case without its id")
    population = content["population"]
    if not isinstance(population["cases"], int) or not isinstance(population["sha256"], str):
        raise ValueError("a population that cannot be")
    population["left_out"], content["run"]["run_id"], content["run"]["as_of"]
