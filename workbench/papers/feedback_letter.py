"""反馈意见书 of a unit: the provisional results, the problems, and how to reply until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workbench.papers.content import Attachment, Block, Cell, Column, Heading, Paper, Table, Text
from workbench.papers.naming import Names
from workbench.papers.problem_list import off
from workbench.papers.standing import Standing, cases_of, refusal, told
from workbench.papers.wording import Wording
from workbench.review import entries as e
from workbench.review import parts
from workbench.review.state import RoundState
from workbench.texts import Language


def feedback_letter(its: RoundState, unit_id: str, language: Language) -> Paper:
    """What a unit was told before its reply, whatever became of it later.

    Dated on the day of the last feedback. Raises `UsageError` before any feedback.
    """
    stands = [one for one in map(told, cases_of(its, unit_id)) if one]
    return _Letter(its, unit_id, stands, language).paper()


class _Letter:
    """One letter in the making."""

    def __init__(
        self, its: RoundState, unit_id: str, stands: Sequence[Standing], language: Language
    ) -> None:
        self.its, self.unit_id, self.stands = its, unit_id, stands
        self.words = Wording(language)
        self.names = Names(its, self.words)
        if not stands:
            raise refusal("nothing_told", language, unit=self.names.unit(unit_id))

    def paper(self) -> Paper:
        w, title = self.words, self.its.opened.title
        cases, problems = len(self.stands), sum(len(one.problems) for one in self.stands)
        blocks: list[Block] = [
            Text(w("fb_intro", title=title, cases=w.many("n_cases", cases))),
            Heading(w("fb_results")), self._results(),
            Heading(w("fb_problems")),
        ]  # fmt: skip
        attachments: list[Attachment] = []
        if problems:
            blocks += [Text(w("fb_found", problems=w.many("n_problems", problems))),
                       self._problems()]  # fmt: skip
            attachments = [Attachment(w("fb_form"), [self._form()])]
        else:
            blocks.append(Text(w("fb_none")))
        blocks += [Heading(w("fb_reply")), *self._demands(bool(problems))]
        return Paper(
            w.language, w("fb_title", title=title), blocks, attachments=attachments,
            recipient=self.names.unit(self.unit_id), number=w("blank_number"),
            organ=self.names.unit(self.its.opened.organ_id), dated=max(map(_sent_on, self.stands)),
        )  # fmt: skip

    def _results(self) -> Table:
        w, names = self.words, self.names
        rows: list[list[Cell]] = [
            [at, one.case.case_id, names.rubric_title(one.case),
             "—" if one.score.points is None else one.score.points,
             names.band(one.case, one.score.band), len(one.problems)]
            for at, one in enumerate(self.stands, 1)
        ]  # fmt: skip
        columns = (
            Column(w("number"), 8, "count"), Column(w("case"), 28), Column(w("rubric"), 30),
            Column(w("points"), 11, "points"), Column(w("band"), 11, "centre"),
            Column(w("problem_count"), 12, "count"),
        )  # fmt: skip
        vetoed = [one.case.case_id for one in self.stands if one.score.vetoed]
        noted = w("fb_vetoed", cases=w.listed(vetoed)) if vetoed else ""
        return Table(w("fb_results"), columns, rows,
                     note=w.sentences([w("fb_results_note"), noted]))  # fmt: skip

    def _problems(self) -> Table:
        w, names = self.words, self.names
        rows: list[list[Cell]] = [
            [at, one.case.case_id, names.problem(problem, one.case),
             self._basis(one, problem), off(problem), names.evidence(problem.evidence)]
            for at, (one, problem) in enumerate(self._all(), 1)
        ]  # fmt: skip
        columns = (
            Column(w("number"), 7, "count"), Column(w("case"), 17), Column(w("problem"), 30),
            Column(w("criterion_clause"), 21), Column(w("deduction"), 8, "points"),
            Column(w("evidence"), 17),
        )  # fmt: skip
        note = names.sources(problem.check for _, problem in self._all() if problem.check)
        return Table(w("fb_problems"), columns, rows, note=note)

    def _form(self) -> Table:
        """What the unit may write its reply into, problem by problem."""
        w = self.words
        rows: list[list[Cell]] = [
            [at, one.case.case_id, self.names.problem(problem, one.case), w("tick"), ""]
            for at, (one, problem) in enumerate(self._all(), 1)
        ]
        columns = (
            Column(w("number"), 7, "count"), Column(w("case"), 17), Column(w("problem"), 28),
            Column(w("position"), 17), Column(w("grounds_evidence"), 31),
        )  # fmt: skip
        return Table(w("fb_form"), columns, rows, by_hand=True, note=w("fb_form_note"))

    def _all(self) -> list[tuple[Standing, parts.Problem]]:
        return [(one, problem) for one in self.stands for problem in one.problems]

    def _basis(self, one: Standing, problem: parts.Problem) -> str:
        criterion = self.names.criterion(one.case, problem.criterion) or self.words("veto")
        clause = self.names.clause(problem.check)
        return f"{criterion}\n{clause}" if clause else criterion

    def _demands(self, problems: bool) -> list[Block]:
        w = self.words
        found: list[Block] = [Text(self._until(), w("fb_until"))]
        if problems:
            found.append(Text(w("fb_how_text"), w("fb_how")))
        return [*found, Text(w("fb_late_text"), w("fb_late")),
                Text(w("fb_after_text"), w("fb_after"))]  # fmt: skip

    def _until(self) -> str:
        """One last day for all cases, or each day with its cases."""
        by_day: dict[str, list[str]] = {}
        for one in self.stands:
            by_day.setdefault(one.case.reply_due_on, []).append(one.case.case_id)
        if len(by_day) == 1:
            return self.words("fb_until_text", day=self.words.day(next(iter(by_day))))
        days = [self.words("fb_until_one", day=self.words.day(day), cases=self.words.listed(its))
                for day, its in sorted(by_day.items())]  # fmt: skip
        return self.words("fb_until_many", days=self.words.joined(days))


def _sent_on(one: Standing) -> date:
    assert one.case.feedback
    body = one.case.feedback.body
    assert isinstance(body, e.FeedbackSent)
    return date.fromisoformat(body.sent_on)
