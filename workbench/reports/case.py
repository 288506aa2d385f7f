"""One case as people meet it: an object that shows itself, with its parts as tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from workbench.display import Html, element, join, number, style
from workbench.privacy import Role
from workbench.reports.case_page import case_html, case_style
from workbench.reports.case_record import CaseRecord, case_record, like_case_ids
from workbench.reports.results import Results
from workbench.terms import UsageError, did_you_mean
from workbench.texts import shown_language

if TYPE_CHECKING:
    import pandas as pd

_FINDINGS = ("check_id", "title", "observed", "expected", "due_on", "evidence", "veto_candidate")
_DEADLINES = ("clock", "title", "start_on", "due_on", "done_on", "state", "days_left")
_MOMENTS = ("at", "table", "column", "id", "code")


@dataclass(frozen=True, repr=False)
class Case:
    """One case of a run: `record` (all of it), `findings`, `deadlines`, `timeline` (tables).

    In a notebook it shows its page; `.html("en")` gives the page in one language.
    """

    results: Results
    record: CaseRecord

    @property
    def findings(self) -> pd.DataFrame:
        """What failed, the most serious first."""
        checks = self.results.checks["checks"]
        return self._frame(_FINDINGS, [
            asdict(f) | {"title": checks[f.check_id]["title"][self._language()]}
            for f in self.record.findings
        ])  # fmt: skip

    @property
    def deadlines(self) -> pd.DataFrame:
        """Its statutory limits, in the order in which they began."""
        clocks = self.results.checks["clocks"]
        return self._frame(_DEADLINES, [
            asdict(d) | {"title": clocks[d.clock]["title"].get(self._language(), d.clock)}
            for d in self.record.deadlines
        ])  # fmt: skip

    @property
    def timeline(self) -> pd.DataFrame:
        """What happened and when."""
        return self._frame(_MOMENTS, [asdict(moment) for moment in self.record.moments])

    @property
    def outcomes(self) -> dict[str, str]:
        """Every check with its outcome, or `untested`."""
        return dict(self.record.outcomes)

    def html(self, language: str | None = None) -> Html:
        """The page of the case in `zh` or `en`, with its style."""
        chosen = self._language(language)
        css = Html(f"<style>{style()}{case_style()}</style>")
        page = case_html(self.results, self.record, chosen)
        return element("div", join([css, page]), class_="wb", lang=chosen)

    def _repr_html_(self) -> str:
        return self.html()

    def __repr__(self) -> str:
        record, score = self.record, self.record.score
        said = [self.results.words(record.kind, self._language()) or "?",
                record.names.get("unit_id", record.unit_id or "?"),
                f"{len(record.findings)} findings"]  # fmt: skip
        if score is not None and score["auto_points"] is not None:
            points, of = (number(float(score[n])) for n in ("auto_points", "auto_attainable"))
            said.append(f"automatic points {points} / {of}")
        return f"Case({record.case_id}: {', '.join(said)})"

    def _language(self, asked: str | None = None) -> Any:
        return shown_language(self.results.manifest["pack"]["language"], asked)

    def _frame(self, columns: tuple[str, ...], rows: list[dict[str, Any]]) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame([[row[c] for c in columns] for row in rows], columns=list(columns))


def find_case(results: Results, case_id: str, role: Role = Role.supervisor) -> Case:
    """The case of this id; where there is none, a `UsageError` that names the nearest one."""
    record = case_record(results, str(case_id), role)
    if record is None:
        hint = did_you_mean(str(case_id), like_case_ids(results, str(case_id)))
        message = f"no case '{case_id}' in this run"
        raise UsageError(f"{message}: {hint}" if hint else message)
    return Case(results, record)
