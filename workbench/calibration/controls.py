"""Real data of which it is known whether there is something to find, searched as a run searches.

`sample_data/controls.yaml` names them. Beside what a run flags stands what it would flag in data
that surely hold nothing: the same cases, dealt out to the units at random, again and again.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from workbench.calibration.design import LEVEL, MINIMUM, SEED
from workbench.signals.discovery import q_values
from workbench.signals.links import find_links
from workbench.signals.tails import upper_tail
from workbench.statistics import clopper_pearson_arrays

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from workbench.run import Run

SHUFFLES = 200


def controls() -> list[dict[str, Any]]:
    """The controls as `sample_data/controls.yaml` describes them."""
    import yaml

    from workbench.shared_files import shared_folder

    found: list[dict[str, Any]] = yaml.safe_load(
        (shared_folder("sample_data") / "controls.yaml").read_text("utf-8")
    )
    return found


def measure_controls(shuffles: int = SHUFFLES) -> list[dict[str, Any]]:
    """Every control: what it is about, and what was found."""
    return [
        {
            "title": control["title"], "about": control["about"], "flags": control["flags"],
            "elsewhere_about": control.get("elsewhere"), **search(control, shuffles),
        }
        for control in controls()
    ]  # fmt: skip


def search(control: dict[str, Any], shuffles: int = SHUFFLES) -> dict[str, Any]:
    """What a run flags in the control's check and in others; and in shuffled data.

    `by_chance_alone`: how many units Fisher's test would flag in the check, which allows for no
    natural spread. `shuffled`: the share of shuffles in which anything is flagged, in any check,
    with its exact 95 % interval.
    """
    from workbench import run as verbs
    from workbench.shared_files import shared_folder

    source = shared_folder("sample_data") / control["sample"]
    run = verbs.evaluate(verbs.load(source, pack=control["sample"]))
    links = run.weak_links
    links = links[(links["family"] == "unit") & (links["signal_n"] > 0)]
    flagged = links[links["flagged"]]
    mine = links[links["check_id"] == control["check"]]
    asked = mine[mine["p"].notna()]
    return {
        "sample": control["sample"], "check": control["check"],
        "units": len(asked), "n": int(mine["signal_n"].sum()),
        "failed": int(mine["signal_failed"].sum()),
        "flagged": _rows(flagged[flagged["check_id"] == control["check"]], run),
        "elsewhere": _rows(flagged[flagged["check_id"] != control["check"]], run),
        "by_chance_alone": _by_chance_alone(mine),
        "shuffled": shuffled(run, control["sample"], shuffles),
    }  # fmt: skip


def _rows(links: pd.DataFrame, run: Run) -> list[dict[str, Any]]:
    names = run.results.names
    return [
        {
            "unit": names.get(row["unit_id"], row["unit_id"]), "check": row["check_id"],
            "n": int(row["signal_n"]), "failed": int(row["signal_failed"]),
            "expected": round(float(row["expected"]), 1), "q": float(f"{row['q']:.2g}"),
        }
        for row in links.sort_values("q").to_dict("records")
    ]  # fmt: skip


def _by_chance_alone(links: pd.DataFrame) -> int:
    import numpy as np

    failed, n = (links[name].to_numpy(float) for name in ("signal_failed", "signal_n"))
    bad, others = failed.sum() - failed, n.sum() - n
    p = upper_tail(failed, n, (bad + 1) / (others + 1), 1 / (others + 2))
    return int((q_values(np.where(n >= MINIMUM, p, np.nan)) <= LEVEL).sum())


def shuffled(run: Run, name: str, times: int) -> dict[str, Any]:
    """Deal the cases out to the units anew, whole (so what fails together stays together), each
    unit as many as it had; search; count the times anything was flagged."""
    import numpy as np

    outcomes = run.outcomes().set_index("subject_id")
    units = run.facts().set_index("subject_id")["unit_id"].dropna()
    codes = outcomes.loc[units.index].to_numpy()
    unit = np.unique(units.to_numpy(dtype=str), return_inverse=True)[1]
    seeds = np.random.SeedSequence(SEED, spawn_key=(zlib.crc32(name.encode()),))
    rng = np.random.default_rng(seeds)
    wrong = 0
    for _ in range(times):
        failed, decided = _counted(codes, rng.permutation(unit))
        wrong += bool((find_links(failed, decided, MINIMUM).q <= LEVEL).any())
    low, high = clopper_pearson_arrays([wrong], [times])
    return {
        "times": times,
        "any": [round(share, 4) for share in (wrong / times, float(low[0]), float(high[0]))],
    }


def _counted(
    codes: NDArray[np.int64], unit: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Failures and decided cases, units by checks, from outcome codes, cases by checks."""
    import numpy as np

    from workbench.terms import Outcome

    belongs = np.zeros((unit.max() + 1, len(unit)))
    belongs[unit, np.arange(len(unit))] = 1.0
    failed = belongs @ (codes == Outcome.failed)
    return failed, failed + belongs @ (codes == Outcome.passed)
