"""What ids are called in a round, in the viewer's language: no screen and no refusal shows an id
where people have a name for it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workbench.display import Language, text_of
from workbench.reports.report_words import Words
from workbench.review.refusals import Refused
from workbench.review.state import CaseState, RoundState
from workbench.rubrics import Rubric

WORDS = Path(__file__).with_name("words.yaml")


@cache
def words_of(language: Language) -> Words:
    """The words of the desk, the dashboards and the report."""
    return Words(language, WORDS)


class Names:
    """The names of one round in one language."""

    def __init__(self, its: RoundState, language: Language):
        self.its, self.language, self.w = its, language, words_of(language)
        self._rubrics = its.opened.rubrics

    def person(self, who: str) -> str:
        """A person of the roster; the id of anybody else."""
        known = self.its.reviewers.get(who)
        return known.name if known and known.name.strip() else who

    def unit(self, unit: str) -> str:
        """A unit or an organ."""
        return self.its.opened.names.get(unit, unit) or self.w("no_unit")

    def check(self, check: str) -> str:
        """The title of a check, as the round has kept it; of a veto, the rubric's."""
        if check in self.its.opened.titles:
            return text_of(self.its.opened.titles[check], self.language)
        for rubric in self._rubrics.values():
            for veto in rubric.get("vetoes", ()):
                if veto["id"] == check:
                    return text_of(veto["title"], self.language)
        return check

    def criterion(self, criterion: str, rubric: str = "") -> str:
        """The title of a criterion; of the rubric named, or of any that has it."""
        wanted = [self._rubrics[rubric]] if rubric in self._rubrics else self._rubrics.values()
        for one in wanted:
            for its in one["criteria"]:
                if its["id"] == criterion:
                    return text_of(its["title"], self.language)
        return criterion

    def band(self, rubric: Rubric, band: str | None) -> str:
        """A band of scores (等次); "" for none."""
        found = rubric.band(band)
        return text_of(found.title, self.language) if found else ""

    def rubric(self, case: CaseState) -> str:
        """The title of the rubric of a case."""
        return text_of(self._rubrics[case.drawn.rubric]["title"], self.language)

    def role(self, role: str) -> str:
        """A role in the round."""
        return str(self.w(f"role_{role}"))

    def refused(self, error: Refused) -> str:
        """The sentence of a refusal, with titles in the place of ids."""
        called = {}
        for key, value in error.values.items():
            if isinstance(value, str):
                called[value] = self._of(key, value)
        return error.text(self.language, called)

    def _of(self, key: str, value: str) -> str:
        """What a value of a refusal is called, by the name that it goes by there."""
        if key in ("person", "other", "to"):
            return self.person(value)
        if key == "unit":
            return self.unit(value)
        if key in ("check", "veto"):
            return self.check(value)
        if key == "criterion":
            return self.criterion(value)
        if key == "roles":
            return str(self.w("or_between")).join(self.role(r) for r in value.split(" / "))
        if key == "stage":
            return str(self.w(f"stage_{value}"))
        if key == "round":
            return self.its.opened.title if value == self.its.round_id else value
        if key == "anchor":
            return str(self.w(f"anchor_{value}"))
        if key in ("problem", "fault"):
            return self.problem(value)
        return value

    def problem(self, problem: str) -> str:
        """A problem by its id (`criterion/check`, `criterion/seat.number`, `veto/check`), with or
        without the case before it.
        """
        case, _, key = problem.rpartition("#")
        criterion, _, what = key.partition("/")
        before = f"{case} " if case else ""
        if criterion == "veto":
            return before + self.check(what)
        title = self.check(what) if what in self.its.opened.titles else ""
        named = self.criterion(criterion)
        return before + (f"{named}{self.w('title_between')}{title}" if title else named)
