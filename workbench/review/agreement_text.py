"""How far raters agree, as text for a terminal, zh / en."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from workbench.coefficient import Coefficient
from workbench.review.agreement_table import CriterionAgreement, RaterAgreement
from workbench.sources import read_words
from workbench.texts import Language

_NUMERIC = (("percent", "percent"), ("kappa_quadratic", "kappa"), ("alpha_ordinal", "alpha"),
            ("gwet_ac2", "ac"), ("icc_single", "icc"))  # fmt: skip
_SEEN = 0.005  # what two places show
_WORDS = (("percent", "percent"), ("kappa", "kappa"), ("alpha_nominal", "alpha_words"))


@cache
def _book() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("agreement_words.yaml")))


def as_text(found: Iterable[CriterionAgreement], language: Language) -> str:
    """A paragraph a criterion: its coefficients with intervals, then its raters."""
    lines = [line for one in found for line in _criterion(one, language)]
    return "\n".join([*lines, _book()["text"]["note"][language]])


def _criterion(one: CriterionAgreement, language: Language) -> Iterator[str]:
    head, colon = _book()["head"], "：" if language == "zh" else ": "
    subjects = f"{head['subjects'][language]} {one.subjects}"
    shown = [
        f"{head[label][language]} {_shown(one.coefficients[name], language)}"
        for name, label in (_NUMERIC if one.numeric else _WORDS)
        if name in one.coefficients
    ]
    yield f"{one.criterion}{colon}{subjects}; " + "; ".join(shown)
    for rater in one.raters:
        if rater.ratings:
            yield _rater(rater, language)


def _rater(rater: RaterAgreement, language: Language) -> str:
    text = _book()["text"]
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
