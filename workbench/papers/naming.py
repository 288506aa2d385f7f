"""What things of a round are called in a paper: no id where there is a title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from workbench.papers.wording import Wording
from workbench.review import parts, results
from workbench.review.state import CaseState, RoundState
from workbench.rubrics import Rubric

_COLON = "："  # what stands between a check's title and the reviewer's reason in a problem


class Names:
    """The names of one round in one language; an id stands only where nothing else is known."""

    def __init__(self, its: RoundState, words: Wording) -> None:
        self.its, self.words, self.language = its, words, words.language

    def unit(self, unit_id: str) -> str:
        """A unit or an organ."""
        return self.its.opened.names.get(unit_id, unit_id)

    def person(self, person_id: str) -> str:
        """A person of the roster; others, such as an owner, by what was written."""
        enrolled = self.its.reviewers.get(person_id)
        return enrolled.name if enrolled else person_id

    def kind(self, code: str) -> str:
        """A kind of cases."""
        return self._word(code)

    def rubric(self, case: CaseState) -> Rubric:
        """The rubric of a case."""
        return results.rubric_of(self.its, case)

    def rubric_title(self, case: CaseState) -> str:
        """What the rubric of a case is called."""
        return self.rubric(case).title[self.language]

    def criterion(self, case: CaseState, criterion: str) -> str:
        """A criterion of a case's rubric; "" for none."""
        return self._criteria(self.rubric(case)).get(criterion, criterion)

    def band(self, case: CaseState, band: str | None) -> str:
        """A band of a case's rubric."""
        found = next((b for b in self.rubric(case).bands if b.name == band), None)
        return found.title[self.language] if found else band or "—"

    def veto(self, case: CaseState, veto: str) -> str:
        """A veto, by its own title or by that of the check that found it."""
        own = next((v for v in self.rubric(case).vetoes if v.id == veto), None)
        return own.title[self.language] if own else self.check(veto)

    def check(self, check: str, language: str = "") -> str:
        """A check."""
        return self.its.opened.titles.get(check, {}).get(language or self.language, check)

    def clause(self, check: str) -> str:
        """The clause that a check rests on, marked where it was not verified; "" if unknown."""
        known = self.its.opened.clauses.get(check)
        if known is None:
            return ""
        return known.text if known.verified else known.text + self.words("unverified")

    def sources(self, checks: Iterable[str]) -> str:
        """What the short names in these checks' clauses stand for; "" where there are none."""
        texts = " ".join(self.clause(check) for check in checks)
        used = [
            self._source(short, about)
            for short, about in self.its.opened.sources.items()
            if re.search(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z0-9])", texts)
        ]
        return self.words("sources", listed=self.words.joined(used)) if used else ""

    def _source(self, short: str, about: Mapping[str, str]) -> str:
        key = "source_numbered" if about.get("number") else "source"
        return self.words(key, short=short, title=about.get("title", short),
                          number=about.get("number", ""))  # fmt: skip

    def evidence(self, records: Iterable[str]) -> str:
        """Records that show something: `documents/D1` as the table's title and the id."""
        return self.words.listed([self._record(record) for record in records if record.strip()])

    def _record(self, record: str) -> str:
        table, slash, name = record.partition("/")
        known = self.its.opened.words.get(table)
        return f"{known.get(self.language, table)} {name}" if slash and known else record

    def problem(self, problem: parts.Problem, case: CaseState) -> str:
        """What is wrong: the check's title in this language, then the reviewer's own words."""
        if not problem.check:
            return problem.text
        written = self.check(problem.check, "zh")
        reason = problem.text.removeprefix(written).removeprefix(_COLON).strip()
        if not problem.text.startswith(written):  # a veto of the rubric's own
            reason = problem.text.partition(_COLON)[2]
        what = self.unmet(case, problem.check)
        due = next((p.due_on for p in case.drawn.proposals if p.check == problem.check), None)
        what += self.words("due_by", day=self.words.day(due)) if due else ""
        return self.words("reasoned", what=what, reason=reason) if reason else what

    def unmet(self, case: CaseState, check: str) -> str:
        """That a check is not met: its title says what must hold. A rubric's own veto names the
        fault itself."""
        own = any(veto.id == check for veto in self.rubric(case).vetoes)
        return self.veto(case, check) if own else self.words("unmet", what=self.check(check))

    def formula(self, score: parts.Score, case: CaseState) -> str:
        """How a score was worked out, with titles where the formula has ids."""
        text = score.formula.get(self.language, "")
        called = {**self._checks, **self._criteria(self.rubric(case))}
        called |= {veto.id: veto.title[self.language] for veto in self.rubric(case).vetoes}
        listed = "|".join(re.escape(key) for key in sorted(called, key=len, reverse=True))
        if not listed:
            return text
        return re.sub(rf"(?<![\w-])(?:{listed})(?![\w-])", lambda m: called[m.group()], text)

    @cached_property
    def _checks(self) -> Mapping[str, str]:
        return {check: self.check(check) for check in self.its.opened.titles}

    def _criteria(self, rubric: Rubric) -> dict[str, str]:
        return {c.id: c.title[self.language] for c in rubric.criteria}

    def _word(self, code: str) -> str:
        return self.its.opened.words.get(code, {}).get(self.language, code)
