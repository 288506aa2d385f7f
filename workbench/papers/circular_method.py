"""How a round was done, in the sentences of its circular: scope, sampling, rating, replies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.papers.naming import Names
from workbench.papers.standing import Standing
from workbench.review import entries as e
from workbench.review.state import CaseState, RoundState


def method_texts(
    its: RoundState, names: Names, stands: Sequence[Standing], counted: int
) -> Iterator[str]:
    """The paragraphs on scope, sampling, rating and replies."""
    yield _scope(its, names, stands, counted)
    yield _sampling(its.opened.sample, names)
    yield _rating(its, names, stands)
    yield _replies(names, [one.case for one in stands])


def _scope(its: RoundState, names: Names, stands: Sequence[Standing], counted: int) -> str:
    w, opened = names.words, its.opened
    units = {one.case.drawn.unit_id for one in stands}
    kinds = Counter(one.case.drawn.kind for one in stands)
    listed = [w("ci_kind", kind=names.kind(kind), cases=w.many("n_files", n))
              for kind, n in sorted(kinds.items())]  # fmt: skip
    said = w("ci_scope", kind=w(f"round_{opened.kind}"), form=w(f"form_{opened.form}"),
             day=w.day(opened.opened_on), cases=w.many("n_cases", len(stands)),
             units=w.many("n_units", len(units)), kinds=w.listed(listed))  # fmt: skip
    waiting = counted - len(stands)
    left = w.many("ci_waiting", waiting) if waiting else ""
    return w.sentences([said, left])


def _sampling(sample: Mapping[str, Any] | None, names: Names) -> str:
    """How the cases were drawn; a record of a shape we do not know is not guessed at."""
    w = names.words
    plan, population = (sample or {}).get("plan"), (sample or {}).get("population")
    if not isinstance(plan, Mapping) or not isinstance(population, Mapping):
        return w("ci_sample_unknown" if sample else "ci_chosen")
    method = "risk" if plan.get("risk") else "stratified" if plan.get("by") else "simple"
    drawn = sample.get("draw") if sample else None
    return w("ci_sampled", of=population.get("cases", "—"), method=w(f"draw_{method}"),
             n=len(drawn) if isinstance(drawn, Sequence) else "—",
             seed=plan.get("seed", "—"))  # fmt: skip


def _rating(its: RoundState, names: Names, stands: Sequence[Standing]) -> str:
    w, opened = names.words, its.opened
    titles = sorted({names.rubric_title(one.case) for one in stands})
    said = [w("ci_rubrics", rubrics=w.listed([w("quoted", text=t) for t in titles]))]
    if opened.ratings_per_case > 1:
        said.append(w("ci_two_raters", n=opened.ratings_per_case))
        if opened.form != "self":
            said.append(w("ci_other_organs" if opened.other_organs_only else "ci_other_units"))
        said.append(w("ci_gap_limit", limit=opened.gap_limit))
    else:
        said.append(w("ci_one_rater"))
    return w.sentences(said)


def _replies(names: Names, cases: Sequence[CaseState]) -> str:
    """How many cases the units replied on, what they contested, and with what success."""
    w, contested, won = names.words, 0, 0
    replied = [case for case in cases if case.reply]
    for case in replied:
        reply = case.reply.body if case.reply else None
        answer = case.answer.body if case.answer else None
        if isinstance(reply, e.ReplySubmitted):
            contested += sum(item.position == "contested" for item in reply.items.values())
        if isinstance(answer, e.ReplyAnswered):
            won += sum(ruling.decision != "kept" for ruling in answer.items.values())
    said = [w("ci_told", n=len(cases), replied=len(replied))]
    said.append(w("ci_contested", n=contested, won=won) if contested else "")
    return w.sentences(said)
