"""The second witness: pandas on the files of a run. Nothing of the dashboards is imported here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

NAMES = {0: "not_applicable", 1: "passed", 2: "failed", 3: "cannot_tell", 4: "not_yet_due"}
FEW = 5  # decided: fewer give no rate
NO_UNIT = "-"  # how an address names what belongs to no unit
WHO = ["subject_id", "case_id", "organ_id", "unit_id", "kind", "period_on", "month"]


@dataclass(frozen=True)
class Witness:
    """One run folder, counted anew from outcomes, facts, findings and deadlines."""

    folder: Path

    @property
    def run_id(self) -> str:
        return self.folder.name

    @cached_property
    def about(self) -> dict[str, Any]:
        return json.loads((self.folder / "checks.json").read_text("utf-8"))

    @cached_property
    def systems(self) -> dict[str, str]:
        """The check that stands for each system."""
        return {system["id"]: system["headline"] for system in self.about["systems"]}

    @cached_property
    def subjects(self) -> pd.DataFrame:
        """Every subject of every asset, with its month."""
        frames = []
        for path in sorted((self.folder / "facts").glob("*.parquet")):
            frame = pd.read_parquet(path)[WHO[:-1]].assign(asset=path.stem)
            frames.append(frame)
        found = pd.concat(frames, ignore_index=True)
        found["month"] = pd.to_datetime(found["period_on"]).dt.strftime("%Y-%m")
        found["shown"] = found["case_id"].fillna(found["subject_id"])
        assert found["subject_id"].is_unique
        return found

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row per check and subject: who, and the outcome by name."""
        frames = []
        for path in sorted((self.folder / "outcomes").glob("*.parquet")):
            frame = pd.read_parquet(path)
            frames.append(frame.melt("subject_id", var_name="check", value_name="outcome"))
        found = pd.concat(frames, ignore_index=True)
        found["outcome"] = found["outcome"].map(NAMES)
        return found.merge(self.subjects, on="subject_id", validate="many_to_one")

    @cached_property
    def findings(self) -> pd.DataFrame:
        return self._parquet("findings")

    @cached_property
    def deadlines(self) -> pd.DataFrame:
        """Deadlines that run or ran out undone, with who they concern; the first due on top."""
        found = self._parquet("deadlines").drop(columns="case_id")
        # A day to wait for has no days left: it is no deadline.
        runs = found["state"].isin(["open", "overdue"]) & found["days_left"].notna()
        found = found[runs].merge(self.subjects, "left")
        soon = (found["state"] == "open") & found["days_left"].between(0, 7)
        found["due"] = found["state"].mask(soon, "soon")
        return found.sort_values(["due_on", "clock", "subject_id"])

    @cached_property
    def names(self) -> dict[str, str]:
        """What organs and units are called."""
        return self._parquet("names").set_index("id")["name"].to_dict()

    def _parquet(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / f"{name}.parquet")

    # What a view must show

    def figures(self, **chosen: str) -> dict[str, int]:
        """The five figures of the first view, and what stands beside them."""
        subjects = keep(self.subjects, chosen)
        cases = subjects[subjects["case_id"].notna() & (subjects["asset"] == self.case_asset)]
        outcome = keep(self.outcomes, chosen)["outcome"]
        due = keep(self.deadlines, at_any_time(chosen))["due"].value_counts()
        vetoes = self.findings[self.findings["veto_candidate"]]
        return {
            "cases": len(cases),
            "decided": int(outcome.isin(["passed", "failed"]).sum()),
            "findings": int((outcome == "failed").sum()),
            "affected": int(cases["case_id"].isin(self.findings["case_id"].dropna()).sum()),
            "vetoes": int(cases["case_id"].isin(vetoes["case_id"]).sum()),
            "overdue": int(due.get("overdue", 0)),
            "soon": int(due.get("soon", 0)),
            "open": int(due.get("open", 0)),
        }

    @cached_property
    def case_asset(self) -> str:
        return next(a for a, its in self.about["assets"].items() if its["table"] == "cases")

    def deadlines_under(self, due: str, **chosen: str) -> pd.DataFrame:
        """What is soon, overdue or open under the filters, the first due on top."""
        its = keep(self.deadlines, at_any_time(chosen))
        return its[its["due"] == due]

    @property
    def last_month(self) -> str:
        """The month of the day that the run looks from."""
        manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return str(manifest["as_of"])[:7]

    def counts(self, check: str, **chosen: str) -> dict[str, int]:
        """The five counts of one check."""
        its = keep(self.outcomes[self.outcomes["check"] == check], chosen)
        found = its["outcome"].value_counts()
        return {name: int(found.get(name, 0)) for name in NAMES.values()}

    def cells(self, **chosen: str) -> dict[tuple[str, str], dict[str, int]]:
        """The counts of every (check, unit) and, as unit "", of every check, with some in scope."""
        its = keep(self.outcomes, chosen)
        named = its.fillna({"unit_id": NO_UNIT})
        both = pd.concat([named, its.assign(unit_id="")])
        table = both.groupby(["check", "unit_id"])["outcome"].value_counts().unstack(fill_value=0)
        table = table.reindex(columns=list(NAMES.values()), fill_value=0)
        scope = table.drop(columns="not_applicable").sum(axis=1)
        return table[scope > 0].astype(int).to_dict("index")  # type: ignore[return-value]

    @cached_property
    def topics(self) -> dict[str, list[str]]:
        """Topics that stand as one row: those of several checks, where there are many checks."""
        checks = self.about["checks"]
        found: dict[str, list[str]] = {about["topic"]: [] for about in checks.values()}
        for check, about in checks.items():
            found[about["topic"]].append(check)
        return {t: its for t, its in found.items() if len(checks) > 20 and len(its) > 1}

    def units(self, **chosen: str) -> list[str]:
        """Units that have anything under the filters."""
        its = keep(self.outcomes, chosen)["unit_id"].fillna(NO_UNIT).unique()
        return sorted(its, key=lambda unit: (unit == NO_UNIT, unit))

    def months(self, check: str, **chosen: str) -> pd.DataFrame:
        """The five counts of each month of a check that has any."""
        its = keep(self.outcomes[self.outcomes["check"] == check], chosen).dropna(subset="month")
        table = its.groupby("month")["outcome"].value_counts().unstack(fill_value=0)
        return table.reindex(columns=list(NAMES.values()), fill_value=0).sort_index()

    def listed(self, check: str, outcome: str, **chosen: str) -> pd.DataFrame:
        """The subjects of one outcome in the order they are shown: vetoes, then the latest."""
        its = self.outcomes[
            (self.outcomes["check"] == check) & (self.outcomes["outcome"] == outcome)
        ]
        its = keep(its, chosen)
        vetoes = self.findings[self.findings["veto_candidate"] & (self.findings.check_id == check)]
        its = its.assign(veto=its["subject_id"].isin(vetoes["subject_id"]))
        its = its.sort_values("subject_id")
        return its.sort_values(
            ["veto", "period_on"], ascending=False, na_position="last", kind="stable"
        )


def at_any_time(chosen: dict[str, str]) -> dict[str, str]:
    """Without the period: a deadline is one on the as-of day, whenever its case began."""
    return {name: value for name, value in chosen.items() if name not in ("first", "last")}


def keep(frame: pd.DataFrame, chosen: dict[str, str]) -> pd.DataFrame:
    """The rows under the filters; what has no month is out as soon as a month is chosen."""
    for name, value in chosen.items():
        if name == "first":
            frame = frame[frame["month"] >= value]
        elif name == "last":
            frame = frame[frame["month"] <= value]
        else:
            frame = frame[frame[f"{name}_id" if name != "kind" else name] == value]
    return frame


def percent(part: int, of: int) -> str:
    """A rate as people read it: only nothing is 0%, only all is 100%."""
    text = f"{part / of:.1%}"
    if part and text == "0.0%":
        return "<0.1%"
    return ">99.9%" if part < of and text == "100.0%" else text


def number(text: str) -> int:
    """A shown number without its thousands marks."""
    return int(text.replace(",", ""))
