"""Marks of all criteria -> the result of a case: score, band, and the effect of vetoes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.marking.case import Mark
from workbench.marking.words import LANGUAGES, said
from workbench.points import rounded
from workbench.rubrics import Band, Rubric, Split


@dataclass(frozen=True)
class Result:
    """What a case comes to.

    `points` None: criteria are not rated yet, or nothing can be scored. `band` is a name of the
    rubric's bands. `vetoed`: a confirmed veto set the score to 0 or the band to the lowest;
    `excellent_barred`: one keeps the case out of the highest band. `decided_share`: what checks
    could decide of the maxima of the automatic criteria; below the share that the rubric asks for,
    the result is `provisional`.
    """

    points: float | None
    band: str | None
    excellent_barred: bool
    vetoed: bool
    provisional: bool
    decided_share: float
    formula: Mapping[str, str]


@dataclass(frozen=True)
class _Sums:
    """What the marks come to; `direct` are deductions taken from the score itself."""

    earned: float
    attainable: float
    lost: float
    direct: float
    unrated: int


def result(rubric: Rubric, marks: Sequence[Mark], confirmed_vetoes: Sequence[str] = ()) -> Result:
    """The score of a case by the base of its rubric, and its band.

    `confirmed_vetoes`: vetoes (by id, or by the check that found them) that a person confirmed.
    An unconfirmed one only takes its points, which stand in the marks; an overturned one nothing.

    >>> result(rubric, marks, ["review-major-covered"]).points   # doctest: +SKIP
    0.0
    """
    sums = _sums(rubric, marks)
    effect = rubric.effect_of(confirmed_vetoes)
    points = _points(rubric, sums)
    if effect == "zero":
        points = 0.0
    band = _band(rubric, points, effect)
    share = decided_share(rubric, marks)
    provisional = share < rubric.provisional_below and effect != "zero"
    formula = {
        language: _formula(rubric, sums, points, band, effect, confirmed_vetoes, share, language)
        for language in LANGUAGES
    }
    return Result(
        points=points,
        band=band.name if band else None,
        excellent_barred=effect == "cap_not_excellent",
        vetoed=effect in ("zero", "fail"),
        provisional=provisional,
        decided_share=share,
        formula=formula,
    )


def decided_share(rubric: Rubric, marks: Sequence[Mark]) -> float:
    """What checks decided of the maxima of the automatic criteria; 1 where none takes part."""
    automatic = {c.id for c in rubric.automatic if not c.direct}
    taking = [m for m in marks if m.criterion in automatic and m.takes_part]
    whole = sum(m.maximum for m in taking)
    return sum(m.decided for m in taking) / whole if whole else 1.0


def _sums(rubric: Rubric, marks: Sequence[Mark]) -> _Sums:
    direct = {c.id for c in rubric.criteria if c.direct}
    taking = [m for m in marks if m.takes_part]
    scaled = [m for m in taking if m.criterion not in direct]
    # Sums of cents: floats would add up to 94.99999.
    return _Sums(
        earned=rounded(sum(m.points or 0 for m in scaled)),
        attainable=rounded(sum(m.attainable for m in scaled)),
        lost=rounded(sum(m.attainable - (m.points or 0) for m in scaled)),
        direct=rounded(sum(m.attainable - (m.points or 0) for m in taking
                           if m.criterion in direct)),
        unrated=sum(m.points is None for m in taking),
    )  # fmt: skip


def _points(rubric: Rubric, sums: _Sums) -> float | None:
    if sums.unrated or not sums.attainable:
        return None
    share = sums.earned / sums.attainable
    if rubric.base == "deductive":
        points = 100 * (rubric.full - sums.lost) / rubric.full
    elif rubric.split is not None:
        split = rubric.split
        points = split.fixed + split.scaled * share - min(sums.direct, split.direct_most)
    else:
        points = 100 * share
    return rounded(max(0.0, points), rubric.rounding)


def _band(rubric: Rubric, points: float | None, effect: str) -> Band | None:
    """The band of the points; a veto may set the lowest, or bar the highest."""
    if effect in ("zero", "fail"):
        return rubric.bands[-1]
    if points is None:
        return None
    band = rubric.band_of(points)
    if effect == "cap_not_excellent" and band is rubric.bands[0] and len(rubric.bands) > 1:
        return rubric.bands[1]
    return band


def _formula(
    rubric: Rubric, sums: _Sums, points: float | None, band: Band | None, effect: str,
    vetoes: Sequence[str], share: float, language: str,
) -> str:  # fmt: skip
    parts = _worked_out(rubric, sums, language)
    if vetoes:
        named = said("comma", language).join(vetoes)
        of = rubric.bands[-1 if effect == "fail" else 0].title[language]
        parts.append(said(f"veto_{effect}", language, vetoes=named, band=of))
    if band is not None:
        parts.append(said("band", language, band=band.title[language]))
    if share < rubric.provisional_below and effect != "zero":
        least = 100 * rubric.provisional_below
        parts.append(said("provisional", language, share=100 * share, least=least))
    return said("between", language).join(parts)


def _worked_out(rubric: Rubric, sums: _Sums, language: str) -> list[str]:
    """The sum of the marks as a formula, before any veto."""
    if sums.unrated:
        return [said("unrated", language, n=sums.unrated)]
    score = _points(rubric, sums)
    if score is None:
        return [said("nothing_attainable", language)]
    if rubric.split is not None:
        return _split(rubric.split, sums, score, language)
    if rubric.base == "deductive":
        return [said("result_deductive", language, full=rubric.full, lost=sums.lost, score=score)]
    return [said("result_additive", language, earned=sums.earned, attainable=sums.attainable,
                 score=score)]  # fmt: skip


def _split(split: Split, sums: _Sums, score: float, language: str) -> list[str]:
    direct = min(sums.direct, split.direct_most)
    parts = [said("result_split", language, fixed=split.fixed, scaled=split.scaled,
                  earned=sums.earned, attainable=sums.attainable, direct=direct,
                  score=score)]  # fmt: skip
    if sums.direct > split.direct_most:
        parts.insert(0, said("direct_capped", language, lost=sums.direct, most=split.direct_most))
    if split.fixed + split.scaled * sums.earned / sums.attainable < direct:
        parts.append(said("below_zero", language))
    return parts
