"""The points of an organ or a unit (评议考核) from counts and means that others bring: no I/O.

Each criterion of an organ rubric is measured in its own way:

- `checks`: for each check the share passed of all its subjects, the mean of these shares; what
  cannot be told is not attainable, as in a case;
- `file_scores`: the mean score of the files of the round;
- `decisions_upheld`: the share of decisions that stood in reconsideration and suits;
- `outside_views`: the share of answers that were satisfied;
- `manual`: what a person rated.

What an organ had none of leaves the denominator. Marks go to `result` as those of a case do.
Appraisals by the organisation, by the unit itself and by others are made apart and combined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workbench.marking import words as say
from workbench.marking.case import Mark, Rated
from workbench.points import rounded
from workbench.rubrics import Criterion, Rubric
from workbench.terms import UsageError


@dataclass(frozen=True)
class Subjects:
    """What a check said of the organ's subjects; `tested` False: the source cannot answer it."""

    passed: int = 0
    failed: int = 0
    cannot_tell: int = 0
    tested: bool = True


@dataclass(frozen=True)
class Share:
    """So many of so many: decisions that stood, answers that were satisfied."""

    good: int
    of: int


@dataclass(frozen=True)
class OrganInputs:
    """What an organ is measured by; what is None or empty was not there.

    `checks`: check -> `Subjects`. `files`: final scores of the files of the round. `upheld`:
    decisions that stood, of those that were ruled on (withdrawn ones are no rulings). `views`:
    satisfied answers of all answers. `rated`: criterion -> what a person concluded.
    """

    checks: Mapping[str, Subjects] = field(default_factory=dict)
    files: Sequence[float] = ()
    upheld: Share | None = None
    views: Share | None = None
    rated: Mapping[str, Rated] = field(default_factory=dict)


@dataclass(frozen=True)
class Combined:
    """Several appraisals of one organ as one score, with its band and the formula."""

    points: float | None
    band: str | None
    formula: Mapping[str, str]


def organ_marks(rubric: Rubric, inputs: OrganInputs) -> tuple[Mark, ...]:
    """The marks of an organ, one for each criterion of its rubric.

    >>> organ_marks(rubric, OrganInputs(upheld=Share(9, 10)))   # doctest: +SKIP
    """
    if rubric.level != "organ":
        raise UsageError(f"rubric '{rubric.id}' is for cases; an organ needs one of level organ")
    if stray := sorted(set(inputs.rated) - {c.id for c in rubric.criteria}):
        raise UsageError(f"rubric '{rubric.id}' has no criterion {', '.join(map(repr, stray))}")
    return tuple(_mark(rubric, criterion, inputs) for criterion in rubric.criteria)


def combine(rubric: Rubric, appraisals: Mapping[str, float | None]) -> Combined:
    """Scores of the appraisals, by id, weighted as the rubric says.

    An appraisal that was not held (missing or None) leaves; the others keep their proportion.

    >>> combine(rubric, {"organisation": 90, "self": 95, "mutual": 85}).points   # doctest: +SKIP
    89.0
    """
    known = {a.id: a for a in rubric.appraisals}
    if stray := sorted(set(appraisals) - set(known)):
        named = ", ".join(map(repr, stray))
        raise UsageError(f"rubric '{rubric.id}' weighs no appraisal {named}: {', '.join(known)}")
    held = {name: points for name, points in appraisals.items() if points is not None}
    whole = sum(known[name].weight for name in held)
    if not whole:
        return Combined(None, None, say.both("nothing_combined"))
    weighed = sum(known[name].weight * points for name, points in held.items())
    points = rounded(weighed / whole, rubric.rounding)
    band = rubric.band_of(points)
    formula = {}
    for language in say.LANGUAGES:
        terms = [
            say.said("appraised", language, who=a.title[language], points=held[a.id],
                     weight=a.weight)
            for a in rubric.appraisals if a.id in held
        ]  # fmt: skip
        sentence = say.said(
            "combined", language, terms=" + ".join(terms), whole=whole, score=points
        )
        of_band = say.said("band", language, band=band.title[language])
        formula[language] = say.said("between", language).join([sentence, of_band])
    return Combined(points, band.name, formula)


def _mark(rubric: Rubric, criterion: Criterion, inputs: OrganInputs) -> Mark:
    measure = criterion.measure
    if measure == "checks":
        return _by_checks(rubric, criterion, inputs.checks)
    if measure == "file_scores":
        return _by_files(rubric, criterion, inputs.files)
    if measure == "decisions_upheld":
        return _by_share(rubric, criterion, inputs.upheld, "upheld")
    if measure == "outside_views":
        return _by_share(rubric, criterion, inputs.views, "satisfied")
    return _by_person(rubric, criterion, inputs.rated.get(criterion.id))


def _by_checks(rubric: Rubric, criterion: Criterion, found: Mapping[str, Subjects]) -> Mark:
    """Each check counts alike, by its share passed; its subjects that nobody can tell are open."""
    passed = decided = 0.0
    terms, counted = [], 0
    for check in criterion.checks:
        subjects = found.get(check, Subjects(tested=False))
        whole = subjects.passed + subjects.failed + subjects.cannot_tell
        if subjects.tested and not whole:
            continue  # nothing it could look at
        counted += 1
        if subjects.tested:
            passed += subjects.passed / whole
            decided += (subjects.passed + subjects.failed) / whole
        terms.append((check, subjects.passed, whole if subjects.tested else 0))
    if not counted:
        return _absent(rubric, criterion)
    attainable = rounded(criterion.maximum * decided / counted)
    points = rounded(criterion.maximum * passed / counted)
    formula = {
        language: say.said(
            "of_checks", language, maximum=criterion.maximum, n=counted, points=points,
            attainable=attainable, terms=" + ".join(_term(*term, language) for term in terms),
        )
        for language in say.LANGUAGES
    }  # fmt: skip
    return Mark(
        criterion.id, criterion.maximum, attainable, points, True, formula, decided=attainable
    )


def _term(check: str, passed: int, of: int, language: str) -> str:
    if not of:
        return say.said("untested_check", language, check=check)
    return say.said("share_of_check", language, check=check, passed=passed, of=of)


def _by_files(rubric: Rubric, criterion: Criterion, files: Sequence[float]) -> Mark:
    if not files:
        return _absent(rubric, criterion)
    mean = rounded(sum(files) / len(files))
    points = rounded(criterion.maximum * mean / 100)
    return _whole(criterion, points, say.both(
        "of_files", maximum=criterion.maximum, mean=mean, n=len(files), points=points
    ))  # fmt: skip


def _by_share(rubric: Rubric, criterion: Criterion, share: Share | None, word: str) -> Mark:
    if share is None or not share.of:
        return _absent(rubric, criterion)
    if not 0 <= share.good <= share.of:
        raise UsageError(f"criterion '{criterion.id}': {share.good} of {share.of} is no share")
    points = rounded(criterion.maximum * share.good / share.of)
    return _whole(criterion, points, say.both(
        f"of_{word}", maximum=criterion.maximum, good=share.good, of=share.of, points=points
    ))  # fmt: skip


def _by_person(rubric: Rubric, criterion: Criterion, rated: Rated | None) -> Mark:
    if rated is not None and not rated.applicable:
        return _absent(rubric, criterion)
    lost = rated.deductions if rated else ()
    if any(points < 0 for points in lost):
        raise UsageError(f"criterion '{criterion.id}': a deduction is a number of 0 or more")
    points = rounded(max(0.0, criterion.maximum - sum(lost))) if rated else None
    work = say.Working(criterion.maximum, 0, 0, criterion.maximum, (), lost, points, False)
    return Mark(criterion.id, criterion.maximum, criterion.maximum, points, True, say.of_mark(work))


def _whole(criterion: Criterion, points: float, formula: Mapping[str, str]) -> Mark:
    """A mark all of whose points can be attained."""
    most = criterion.maximum
    return Mark(criterion.id, most, most, points, True, formula, decided=most)


def _absent(rubric: Rubric, criterion: Criterion) -> Mark:
    """Nothing to measure by: it leaves, or counts as the rubric rules."""
    rule, most = rubric.absent_item, criterion.maximum
    formula = say.of_absent(rule, most)
    if rule == "drop":
        return Mark(criterion.id, most, 0.0, 0.0, False, formula)
    return Mark(criterion.id, most, most, most if rule == "full" else 0.0, True, formula, most)
