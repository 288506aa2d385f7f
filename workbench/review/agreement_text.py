"""How far raters agree, as text for a terminal, zh / en."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from workbench.coefficient import Coefficient
from workbench.review.agreement_table import (
    CriterionAgreement,
    Note,
    RaterAgreement,
    TableAgreement,
)
from workbench.sources import read_words
from workbench.texts import Language

_NUMERIC = (("percent", "percent"), ("kappa_quadratic", "kappa"), ("alpha_ordinal", "alpha"),
            ("gwet_ac2", "ac"), ("icc_single", "icc"))  # fmt: skip
_POINTS = (("alpha_interval", "alpha_points"), ("icc_single", "icc"))
_SEEN = 0.005  # what two places show
_WORDS = (("percent", "percent"), ("kappa", "kappa"), ("alpha_nominal", "alpha_words"))


@cache
def _book() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("agreement_words.yaml")))


def as_text(found: TableAgreement, language: Language) -> str:
    """A paragraph a criterion: its coefficients with intervals, what they lack, its raters."""
    lines = [line for one in found for line in _criterion(one, language)]
    return "\n".join([*lines, _book()["text"]["note"][language], *_left_out(found, language)])


def as_json(found: TableAgreement) -> dict[str, Any]:
    """Everything as plain values for other programs; each note with its sentences."""
    content = found.as_dict()
    for criterion, one in zip(content["criteria"], found, strict=True):
        criterion["notes"] = [
            {"code": note.code, "n": note.n, "zh": said(note, "zh"), "en": said(note, "en")}
            for note in one.notes
        ]
    return content


def said(note: Note, language: Language) -> str:
    """A note as a sentence.

    >>> said(Note("one_rater"), "en")
    'Only one rater: there is nothing to agree with. It takes two.'
    """
    text: str = _book()["notes"][note.code][language]
    return text.format(n=f"{note.n:,}", example=note.example)


def _left_out(found: TableAgreement, language: Language) -> Iterator[str]:
    for key in ("nameless", "repeated"):
        if number := getattr(found, key):
            yield _book()["file"][key][language].format(n=f"{number:,}")


def _criterion(one: CriterionAgreement, language: Language) -> Iterator[str]:
    head, colon = _book()["head"], "：" if language == "zh" else ": "
    subjects = f"{head['subjects'][language]} {one.subjects}"
    shown = [
        f"{head[label][language]} {_shown(one.coefficients[name], language)}"
        for name, label in _chosen(one)
    ]
    yield f"{one.criterion}{colon}{subjects}; " + "; ".join(shown)
    for note in one.notes:
        yield f"  {said(note, language)}"
    if len(one.raters) > 1:
        for rater in one.raters:
            yield _rater(rater, language)


def _chosen(one: CriterionAgreement) -> tuple[tuple[str, str], ...]:
    """The coefficients to show, with their headings."""
    if not one.numeric:
        return _WORDS
    return _NUMERIC if "percent" in one.coefficients else _POINTS


def _rater(rater: RaterAgreement, language: Language) -> str:
    text = _book()["text"]
    if not rater.ratings:
        return str(text["nobody"][language].format(rater=rater.rater))
    line: str = text["rater"][language].format(
        rater=rater.rater, n=rater.ratings, share=f"{rater.percent or 0:.1%}"
    )
    if rater.difference and abs(rater.difference) >= _SEEN:
        side = "above" if rater.difference > 0 else "below"
        line += text[side][language].format(d=f"{abs(rater.difference):.2f}")
    return line


def _shown(one: Coefficient, language: Language) -> str:
    if one.value is None:
        return str(_book()["text"]["undefined"][language])
    if one.low is None or one.high is None:
        return f"{one.value:.2f}"
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"
