"""评查表 of a case: every criterion with its points, who rated, what was decided, signatures."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.papers.content import Block, Cell, Column, Fields, Heading, Paper, Table, Text
from workbench.papers.naming import Names
from workbench.papers.standing import Standing, refusal, standing
from workbench.papers.wording import Wording
from workbench.points import rounded
from workbench.review import entries as e
from workbench.review import parts, results
from workbench.review.acts import case_of
from workbench.review.completeness import veto_candidates
from workbench.review.problems import bases
from workbench.review.state import RoundState
from workbench.texts import Language


def rating_sheet(its: RoundState, case_id: str, language: Language) -> Paper:
    """The rating sheet of a case that has a result; before that, ratings stay blind.

    Raises `Refused` for a case that was not drawn, `UsageError` while there is no result.
    """
    case = case_of(its, case_id)
    stands = standing(its, case)
    if stands is None:
        wanted = its.opened.ratings_per_case
        key = "no_result_apart" if len(case.rated) >= wanted else "no_result_yet"
        raise refusal(key, language, case=case_id, locked=len(case.rated), wanted=wanted)
    return _Sheet(its, stands, language).paper()


class _Sheet:
    """One sheet in the making."""

    def __init__(self, its: RoundState, stands: Standing, language: Language) -> None:
        self.its, self.stands, self.case = its, stands, stands.case
        self.words = Wording(language)
        self.names = Names(its, self.words)

    def paper(self) -> Paper:
        blocks: list[Block] = [self._fields(), Heading(self.words("rs_marks")), self._marks()]
        blocks += self._result()
        for heading, table in (
            ("rs_vetoes", self._vetoes()),
            ("rs_raters", self._raters()),
            ("rs_overturned", self._overturned()),
            ("rs_reply", self._reply()),
        ):
            if table:
                blocks += [Heading(self.words(heading)), table]
        blocks += [Heading(self.words("rs_signatures")), self._signatures()]
        return Paper(self.words.language, self.words("rs_title"), blocks)

    def _fields(self) -> Fields:
        w, names, drawn = self.words, self.names, self.case.drawn
        rubric = names.rubric(self.case)
        version = w("version", title=rubric.title[w.language], version=rubric.version)
        stage = "rs_final" if self.stands.final else "rs_provisional"
        return Fields([
            (w("round"), self.its.opened.title),
            (w("case"), self.case.case_id),
            (w("unit"), names.unit(drawn.unit_id)),
            (w("kind"), names.kind(drawn.kind)),
            (w("rubric"), version),
            (w("state"), w(stage)),
        ])  # fmt: skip

    # ------------------------------------------------------------------ points

    def _marks(self) -> Table:
        w = self.words
        rows: list[list[Cell]] = []
        for at, criterion in enumerate(self.names.rubric(self.case).criteria, 1):
            mark = self.stands.score.marks.get(criterion.id, {})
            takes_part = bool(mark.get("takes_part"))
            rows.append([
                at, criterion.title[w.language], criterion.maximum,
                mark.get("attainable") if takes_part else "—",
                mark.get("points") if takes_part else "—",
                self._deductions(criterion.id, takes_part),
            ])  # fmt: skip
        columns = (
            Column(w("number"), 7, "count"), Column(w("criterion"), 20),
            Column(w("maximum"), 8, "points"), Column(w("attainable"), 13, "points"),
            Column(w("points"), 9, "points"), Column(w("deductions"), 50),
        )  # fmt: skip
        return Table(w("rs_marks"), columns, rows, total=self._sums(),
                     note=w("rs_marks_note"))  # fmt: skip

    def _sums(self) -> list[Cell]:
        """The sums of the criteria that make the score; what is deducted directly stands apart."""
        criteria = self.names.rubric(self.case).criteria
        direct = {criterion.id for criterion in criteria if criterion.direct}
        taking = [mark for name, mark in self.stands.score.marks.items()
                  if mark["takes_part"] and name not in direct]  # fmt: skip

        def of(name: str) -> float:
            return rounded(sum(float(m[name] or 0) for m in taking))

        label = self.words("total_scaled" if direct else "total")
        lost = self.words("rs_lost", lost=rounded(of("attainable") - of("points")))
        return ["", label, of("maximum"), of("attainable"), of("points"), lost]

    def _deductions(self, criterion: str, takes_part: bool) -> str:
        its = [p for p in self.stands.problems if p.criterion == criterion]
        lines = [self._deduction(problem) for problem in its]
        if not takes_part:
            why = "; ".join(dict.fromkeys(self._why_absent(criterion)))
            lines.append(self.words("absent_why", why=why) if why else self.words("absent"))
        return "\n".join(lines) or self.words("none_deducted")

    def _deduction(self, problem: parts.Problem) -> str:
        w = self.words
        what = self.names.problem(problem, self.case)
        # Of one defect only the largest deduction counts; the others are named all the same.
        said = w("deducted", what=what, points=float(problem.points)) if problem.points else w(
            "deducted_elsewhere", what=what)  # fmt: skip
        if problem.evidence:
            said += w("evidenced", evidence=self.names.evidence(problem.evidence))
        return said

    def _why_absent(self, criterion: str) -> Iterator[str]:
        for basis in bases(self.its, self.case):
            item = basis.items.get(criterion)
            if item and not item.applicable and item.reason:
                yield item.reason

    def _result(self) -> Iterator[Block]:
        w, score = self.words, self.stands.score
        yield Heading(w("rs_result"))
        points = w("no_points") if score.points is None else w("n_points", points=score.points)
        band = self.names.band(self.case, score.band)
        yield Text(w("rs_score", points=points, band=band))
        if confirmed := self._confirmed():
            yield Text(w("rs_vetoed", vetoes=w.listed([w("named", text=v) for v in confirmed])))
        formula = self.names.formula(score, self.case)
        if formula:
            yield Text(w("rs_formula", formula=formula))
        if score.decided_share < self.names.rubric(self.case).provisional_below:
            yield Text(w("rs_undecided", share=f"{100 * score.decided_share:.0f}%"))
        if self.stands.final and self._changed():
            yield Text(w("rs_ruled"))
        if self.case.adjudicated:
            body = self.case.adjudicated.body
            assert isinstance(body, e.CaseAdjudicated)
            yield Text(w("rs_adjudicated", limit=self.its.opened.gap_limit,
                         reason=w.closed(body.reason),
                         by=self.names.person(self.case.adjudicated.actor)))  # fmt: skip

    def _confirmed(self) -> list[str]:
        """The vetoes that decide the result."""
        return [self.names.veto(self.case, p.check) for p in self.stands.problems if p.veto]

    def _changed(self) -> bool:
        """Has a ruling on the reply changed a deduction?"""
        answer = self.case.answer.body if self.case.answer else None
        rulings = answer.items.values() if isinstance(answer, e.ReplyAnswered) else ()
        return any(ruling.decision != "kept" for ruling in rulings)

    # ------------------------------------------------------------------ people

    def _raters(self) -> Table:
        w, case = self.words, self.case
        holding = {seat.number for seat in results.agreeing(self.its, case)}
        rows: list[list[Cell]] = []
        for seat in case.rated:
            rating = seat.rating
            assert rating
            used = not case.adjudicated and seat.number in holding
            rows.append(self._rater(w("reviewer_n", n=seat.number), seat.reviewer_id,
                                    rating.score, seat.locked_at, used, rating.note))  # fmt: skip
        if case.adjudicated:
            body = case.adjudicated.body
            assert isinstance(body, e.CaseAdjudicated)
            rows.append(self._rater(w("adjudicator"), case.adjudicated.actor, body.score,
                                    case.adjudicated.at, True, ""))  # fmt: skip
        columns = (
            Column(w("role"), 13), Column(w("name"), 12), Column(w("points"), 9, "points"),
            Column(w("band"), 11, "centre"), Column(w("rated_on"), 22, "centre"),
            Column(w("formula"), 38),
        )  # fmt: skip
        return Table(w("rs_raters"), columns, rows, note=w("rs_raters_note"))

    def _rater(
        self, role: str, who: str, score: parts.Score, at: str, used: bool, note: str
    ) -> list[Cell]:
        said = [self.names.formula(score, self.case)]
        said += [self.words("noted", note=note)] if note else []
        said += [] if used else [self.words("rs_not_used")]
        points = "—" if score.points is None else score.points
        return [role, self.names.person(who), points, self.names.band(self.case, score.band),
                self.words.day(at), "\n".join(said)]  # fmt: skip

    def _decided(self) -> Iterator[tuple[str, dict[str, parts.Item], dict[str, parts.Decision]]]:
        """Who decided, their items, their vetoes: every rating, then the adjudication."""
        for seat in self.case.rated:
            if seat.rating:
                yield seat.reviewer_id, seat.rating.items, seat.rating.vetoes
        if self.case.adjudicated:
            body = self.case.adjudicated.body
            assert isinstance(body, e.CaseAdjudicated)
            yield self.case.adjudicated.actor, body.items, body.vetoes

    def _vetoes(self) -> Table | None:
        w = self.words
        rows: list[list[Cell]] = []
        said = list(self._decided())
        known = [*veto_candidates(self.case.drawn), *(v for *_, vetoes in said for v in vetoes)]
        for veto in dict.fromkeys(known):
            for who, _, vetoes in said:
                if veto in vetoes:
                    rows.append([self.names.veto(self.case, veto), self.names.person(who),
                                 w(vetoes[veto].decision), vetoes[veto].reason])  # fmt: skip
        columns = (Column(w("veto"), 30), Column(w("decided_by"), 14),
                   Column(w("decision"), 12, "centre"), Column(w("reason"), 44))  # fmt: skip
        return Table(w("rs_vetoes"), columns, rows) if rows else None

    def _overturned(self) -> Table | None:
        w = self.words
        rows: list[list[Cell]] = []
        for who, items, _ in self._decided():
            for one in self.case.drawn.proposals:
                item = items.get(one.criterion)
                said = item.proposals.get(one.check) if item else None
                if said and said.decision == "overturned":
                    rows.append([
                        self.names.check(one.check), self.names.criterion(self.case, one.criterion),
                        one.deduction, self.names.person(who), said.reason,
                    ])  # fmt: skip
        columns = (Column(w("check"), 26), Column(w("criterion"), 16),
                   Column(w("proposed"), 11, "points"), Column(w("decided_by"), 13),
                   Column(w("reason"), 34))  # fmt: skip
        return Table(w("rs_overturned"), columns, rows) if rows else None

    def _reply(self) -> Table | None:
        """What the unit said of each problem and how it was answered."""
        case, w = self.case, self.words
        if case.reply is None or case.feedback is None:
            return None
        reply, sent = case.reply.body, case.feedback.body
        assert isinstance(reply, e.ReplySubmitted)
        assert isinstance(sent, e.FeedbackSent)
        answer = case.answer.body if case.answer else None
        rulings = answer.items if isinstance(answer, e.ReplyAnswered) else {}
        rows: list[list[Cell]] = []
        for problem in sent.problems:
            item = reply.items.get(problem.id)
            if item:
                rows.append([self.names.problem(problem, case), w(item.position), item.text,
                             self._ruling(rulings.get(problem.id), item.position)])  # fmt: skip
        columns = (Column(w("problem"), 32), Column(w("position"), 11, "centre"),
                   Column(w("grounds"), 28), Column(w("answer"), 29))  # fmt: skip
        return Table(w("rs_reply"), columns, rows) if rows else None

    def _ruling(self, ruling: parts.Ruling | None, position: str) -> str:
        if ruling is None:
            return self.words("answer_open" if position == "contested" else "answer_none")
        said = self.words(f"ruled_{ruling.decision}", points=float(ruling.points))
        return self.words("reasoned", what=said, reason=ruling.reason)

    def _signatures(self) -> Table:
        w, case = self.words, self.case
        people = [(w("reviewer_n", n=s.number), s.reviewer_id) for s in case.rated]
        if case.adjudicated:
            people.append((w("adjudicator"), case.adjudicated.actor))
        people.append((w("lead"), self.its.opened_by))
        rows = [[role, self.names.person(who), "", w("blank_day")] for role, who in people]
        columns = (Column(w("role"), 20), Column(w("name"), 20),
                   Column(w("signature"), 32), Column(w("day"), 28, "centre"))  # fmt: skip
        return Table(w("rs_signatures"), columns, rows, by_hand=True)
