"""评查通报 of a round: how it was done, what it found, what is demanded next; it names no person.

It tells of final results only. What reviewers wrote in their own words stays in the papers of the
unit concerned: here stand the titles of checks and criteria.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from workbench.papers import tallies
from workbench.papers.circular_method import method_texts
from workbench.papers.content import Block, Cell, Column, Heading, Paper, Table, Text
from workbench.papers.naming import Names
from workbench.papers.standing import Standing, final, refusal
from workbench.papers.tallies import Common, Group
from workbench.papers.wording import Wording
from workbench.review import parts
from workbench.review.state import RoundState
from workbench.rubrics import Band
from workbench.texts import Language

_MOST_PROBLEMS = 10
_MOST_EXAMPLES = 3


def circular(its: RoundState, language: Language, on: str) -> Paper:
    """The circular of a round as of a day. Raises `UsageError` while no result is final."""
    counted = [case for case in its.cases.values() if not case.drawn.calibration]
    stands = [one for case in counted if (one := final(case))]
    if not stands:
        raise refusal("nothing_final", language, title=its.opened.title, n=len(counted))
    return _Circular(its, stands, len(counted), language, on).paper()


class _Circular:
    """One circular in the making."""

    def __init__(
        self, its: RoundState, stands: Sequence[Standing], counted: int, language: Language, on: str
    ) -> None:
        self.its, self.on, self.counted = its, on, counted
        self.stands = sorted(stands, key=lambda one: one.case.case_id)
        self.words = Wording(language)
        self.names = Names(its, self.words)

    def paper(self) -> Paper:
        w, opened = self.words, self.its.opened
        organ = self.names.unit(opened.organ_id)
        blocks: list[Block] = [
            Text(w("ci_intro", organ=organ, title=opened.title)),
            Heading(w("ci_basics")),
            *map(Text, method_texts(self.its, self.names, self.stands, self.counted)),
            Heading(w("ci_results")), *self._results(),
            Heading(w("ci_common")), *self._common(),
        ]  # fmt: skip
        examples = [*self._good(), *self._bad()]
        if examples:
            blocks += [Heading(w("ci_examples")), *examples]
        if agreement := self._agreement():
            blocks += [Heading(w("ci_agreement")), agreement]
        blocks += [Heading(w("ci_next")), *self._next()]
        return Paper(
            w.language, w("ci_title", title=opened.title), blocks, recipient=w("ci_recipient"),
            number=w("blank_number"), organ=organ, dated=date.fromisoformat(self.on),
        )  # fmt: skip

    # ------------------------------------------------------------------ results

    def _results(self) -> Iterator[Block]:
        w = self.words
        whole = tallies.group("", self.stands)
        yield Text(w.sentences([
            w("ci_whole", cases=w.many("n_cases", whole.cases), mean=self._mean(whole),
              bands=self._bands(whole)),
            w("ci_vetoed", n=whole.vetoed) if whole.vetoed else "",
        ]))  # fmt: skip
        units = {one.case.case_id: one.case.drawn.unit_id for one in self.stands}
        kinds = {one.case.case_id: one.case.drawn.kind for one in self.stands}
        rows = [(self.names.unit(g.key), g) for g in tallies.grouped(self.stands, units)]
        yield self._group_table(w("ci_by_unit"), w("unit_short"), rows, whole)
        rows = [(self.names.kind(g.key), g) for g in tallies.grouped(self.stands, kinds)]
        yield self._group_table(w("ci_by_kind"), w("kind"), rows, whole, w("ci_groups_note"))

    def _group_table(
        self, title: str, head: str, rows: Sequence[tuple[str, Group]], whole: Group, note: str = ""
    ) -> Table:
        w, bands = self.words, self._all_bands()
        columns = [Column(head, 25), Column(w("cases"), 10, "count"),
                   Column(w("mean"), 11, "points")]  # fmt: skip
        columns += [Column(band.title[w.language], 12, "count") for band in bands]
        columns += [Column(w("problem_count"), 12, "count"),
                    Column(w("problems_a_case"), 13, "points")]  # fmt: skip

        def cells(name: str, group: Group) -> list[Cell]:
            each = round(group.problems / group.cases, 2)
            return [name, group.cases, "—" if group.mean is None else group.mean,
                    *(group.bands.get(band.name, 0) for band in bands), group.problems,
                    each]  # fmt: skip

        return Table(title, columns, [cells(name, group) for name, group in rows], caption=title,
                     total=cells(w("total"), whole), note=note)  # fmt: skip

    def _all_bands(self) -> list[Band]:
        """The bands of all rubrics used, best first; equal names are one band."""
        found: dict[str, Band] = {}
        for one in self.stands:
            for band in self.names.rubric(one.case).bands:
                found.setdefault(band.name, band)
        return sorted(found.values(), key=lambda band: -band.floor)

    def _bands(self, group: Group) -> str:
        w, bands = self.words, [b for b in self._all_bands() if group.bands.get(b.name)]
        return w.listed([
            w("ci_band", band=band.title[w.language],
              cases=w.many("n_files", group.bands[band.name]),
              share=f"{100 * group.bands[band.name] / group.cases:.1f}%")
            for band in bands
        ])  # fmt: skip

    def _mean(self, group: Group) -> str:
        return self.words("no_points") if group.mean is None else self.words(
            "n_points", points=group.mean)  # fmt: skip

    # ------------------------------------------------------------------ problems, examples

    def _common(self) -> Iterator[Block]:
        w, kinds = self.words, tallies.common(self.stands)
        if not kinds:
            yield Text(w("ci_none"))
            return
        listed = kinds[:_MOST_PROBLEMS]
        total = sum(len(one.problems) for one in self.stands)
        having = sum(bool(one.problems) for one in self.stands)
        said = w("ci_found", problems=w.many("n_problems", total), cases=w.many("n_cases", having))
        left = len(kinds) - len(listed)
        more = w("ci_more", shown=len(listed), left=left) if left else ""
        yield Text(w.sentences([said, more]))
        columns = (
            Column(w("number"), 7, "count"), Column(w("problem"), 37), Column(w("criterion"), 18),
            Column(w("cases"), 9, "count"), Column(w("share_of_cases"), 11, "share"),
            Column(w("units"), 9, "count"), Column(w("deduction_sum"), 11, "points"),
        )  # fmt: skip
        rows: list[list[Cell]] = [
            [at, self._kind(kind), self._criterion(kind), len(kind.cases),
             len(kind.cases) / len(self.stands), len(kind.units), kind.points]
            for at, kind in enumerate(listed, 1)
        ]  # fmt: skip
        yield Table(w("ci_common"), columns, rows, note=w("ci_common_note"))

    def _kind(self, kind: Common) -> str:
        if kind.check:
            return self.names.unmet(kind.of.case, kind.check)
        return self.words("ci_own", criterion=self._criterion(kind))

    def _criterion(self, kind: Common) -> str:
        return self.names.criterion(kind.of.case, kind.criterion) or self.words("veto")

    def _good(self) -> Iterator[Text]:
        """Files of the best band, the fewest problems first; only files without a veto."""
        best = [one for one in self.stands if self._at(one, 0) and not one.score.vetoed]
        best.sort(key=lambda one: (-(one.score.points or 0), len(one.problems), one.case.case_id))
        w, said = self.words, []
        for one in best[:_MOST_EXAMPLES]:
            said.append(w("ci_example", unit=self.names.unit(one.case.drawn.unit_id),
                          case=one.case.case_id, points=one.score.points or 0.0,
                          band=self.names.band(one.case, one.score.band),
                          what=self._whole(one)))  # fmt: skip
        if said:
            yield Text(w.sentences(said), w("ci_good"))

    def _whole(self, one: Standing) -> str:
        """The criteria in which nothing was deducted, in the order of the rubric."""
        w, marks = self.words, one.score.marks
        taking = [c for c in self.names.rubric(one.case).criteria
                  if marks.get(c.id, {}).get("takes_part")]  # fmt: skip
        whole = [c.title[w.language] for c in taking
                 if marks[c.id]["points"] == marks[c.id]["attainable"]]  # fmt: skip
        if not whole:
            return w("ci_few")
        key = "ci_full_many" if len(whole) > _MOST_EXAMPLES else "ci_full"
        if len(whole) == len(taking):
            key = "ci_full_all"
        return w(key, n=len(whole), of=len(taking), listed=w.listed(whole[:_MOST_EXAMPLES]))

    def _bad(self) -> Iterator[Text]:
        """Files of the lowest band: vetoed ones first, then the fewest points."""
        poor = [one for one in self.stands if one.score.vetoed or self._at(one, -1)]
        poor.sort(key=lambda one: (not one.score.vetoed, one.score.points or 0, one.case.case_id))
        w, said = self.words, []
        for one in poor[:_MOST_EXAMPLES]:
            said.append(w("ci_example", unit=self.names.unit(one.case.drawn.unit_id),
                          case=one.case.case_id, points=one.score.points or 0.0,
                          band=self.names.band(one.case, one.score.band),
                          what=w("ci_mainly", what=w.listed(self._main(one)))))  # fmt: skip
        if said:
            yield Text(w.sentences(said), w("ci_bad"))

    def _main(self, one: Standing) -> list[str]:
        """What weighed most in a file, in the words of checks and criteria."""

        def weight(problem: parts.Problem) -> tuple[bool, float]:
            return not problem.veto, -problem.points

        first = sorted(one.problems, key=weight)
        named = [self._kind(Common(p.check, p.criterion, one)) for p in first]
        return list(dict.fromkeys(named))[:_MOST_EXAMPLES] or [self.words("ci_none_listed")]

    def _at(self, one: Standing, place: int) -> bool:
        return one.score.band == self.names.rubric(one.case).bands[place].name

    # ------------------------------------------------------------------ agreement, next steps

    def _agreement(self) -> Text | None:
        w = self.words
        found = tallies.agreed(self.its, [one.case for one in self.stands])
        if not found.pairs:
            return None
        limit = self.its.opened.gap_limit
        said = [w("ci_pairs", n=found.pairs, within=found.within, limit=limit,
                  share=f"{100 * found.within / found.pairs:.1f}%")]  # fmt: skip
        if found.gap is not None:
            said.append(w("ci_gap", gap=found.gap))
        if found.adjudicated:
            said.append(w("ci_adjudicated", n=found.adjudicated))
        if found.correlation:
            value, low, high = (f"{number:.2f}" for number in found.correlation)
            said.append(w("ci_correlation", value=value, low=low, high=high))
        if decided := found.confirmed + found.overturned:
            said.append(w("ci_proposals", n=decided, confirmed=found.confirmed,
                          overturned=found.overturned))  # fmt: skip
        return Text(w.sentences(said))

    def _next(self) -> Iterator[Text]:
        w, found = self.words, tallies.repairs(self.its, self.on)
        if found.demanded:
            said = [w("ci_repairs", n=found.demanded, verified=found.verified,
                      day=w.day(found.last_due_on))]  # fmt: skip
            said.append(w("ci_overdue", n=found.overdue) if found.overdue else "")
            yield Text(w.sentences([*said, w("ci_repair_text")]), w("ci_repair"))
        elif any(one.problems for one in self.stands):
            yield Text(w("ci_repair_soon"), w("ci_repair"))
        yield Text(w("ci_learn_text"), w("ci_learn"))
        yield Text(w("ci_retest_text"), w("ci_retest"))
