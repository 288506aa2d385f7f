"""What reviewers found in the drawn cases -> a sentence about all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from workbench.display import Html, count, percent
from workbench.sampling.estimates import Estimate, Stratum, estimate
from workbench.sampling.plan import Plan
from workbench.sampling.sizes import rate
from workbench.sampling.tables import words
from workbench.terms import UsageError, did_you_mean
from workbench.texts import Language, known_language


@dataclass(frozen=True)
class Conclusion:
    """An estimate of the deviation rate, and whether it is below what can be tolerated.

    `tolerated`: True, False, or None where no tolerable rate was given. False says that the sample
    does not show it, not that the rate is higher.
    """

    estimate: Estimate
    population: int
    tolerable: Fraction | None = None

    @property
    def tolerated(self) -> bool | None:
        """Is the upper bound at most the tolerable rate?"""
        return None if self.tolerable is None else self.estimate.upper <= float(self.tolerable)

    def sentence(self, language: str = "zh") -> str:
        """In plain words: how sure, at most how many, from how many looked at, is it tolerable.

        The bound is rounded up, so that the sentence stays true.
        """
        chosen: Language = known_language(language)
        said, found = words()["conclusion"], self.estimate
        if not found.decided:
            return str(said["nothing"][chosen])
        values = {
            "confidence": f"{found.confidence:.6%}".rstrip("0%").rstrip(".") + "%",
            "cases": count(self.population),
            "upper": rounded_up(found.upper),
            "low": percent(found.low), "high": percent(found.high),
            "rate": percent(min(found.rate or 0.0, 1.0)),
            "most": count(int(found.upper * found.cases + 1e-6)) if found.cases else "",
            "decided": count(found.decided), "found": count(found.found),
            "tolerable": f"{float(self.tolerable or 0):.6%}".rstrip("0%").rstrip(".") + "%",
            "undecided": count(found.undecided), "missing": count(found.missing),
            "unseen": count(found.unseen), "drawn": count(found.drawn),
        }  # fmt: skip
        parts = ["all" if found.cases else "applying"]
        if self.tolerated is not None:
            parts.append("tolerated" if self.tolerated else "not_tolerated")
        parts.append("estimate")
        parts += [name for name in ("undecided", "missing", "unseen") if getattr(found, name)]
        return "".join(said[part][chosen].format(**values) for part in parts)

    def _repr_html_(self) -> Html:
        from workbench.display import paragraph
        from workbench.texts import shown_language

        return paragraph(self.sentence(shown_language("zh")))


def rounded_up(share: float) -> str:
    """A share as a percentage with two places that is never less than it.

    >>> rounded_up(0.048702), rounded_up(0.05), rounded_up(1.0)
    ('4.88%', '5.00%', '100.00%')
    """
    return f"{ceil(round(share * 1e4, 6)) / 100:.2f}%"


def conclude(
    record: Mapping[str, Any],
    plan: Plan,
    outcomes: Mapping[str, bool | None],
    tolerable: object = None,
    confidence: object = None,
) -> Conclusion:
    """The conclusion from what was found; see `Sample.conclude`."""
    drawn = {one["case_id"]: one for one in record["draw"]}
    given = [(str(case), value) for case, value in outcomes.items()]  # a pandas column has it too
    strange = [case for case, _ in given if case not in drawn]
    if strange:
        hint = did_you_mean(strange[0], drawn) or "a conclusion rests on the drawn cases alone"
        raise UsageError(
            f"{len(strange)} cases were not drawn, the first of them '{strange[0]}'; {hint}"
        )
    sure = float(rate(confidence if confidence is not None else plan.confidence, "confidence"))
    asked = tolerable if tolerable is not None else plan.tolerable
    limit = rate(asked, "tolerable") if asked is not None else None
    found_of = _outcomes(given)
    shown: dict[tuple[str, str], list[bool | str | None]] = {}
    for case, one in drawn.items():
        outcome = found_of.get(case, "missing")
        shown.setdefault((one["stratum"], one["inclusion"]), []).append(outcome)
    strata = [
        _stratum(layer, shown.get((layer["stratum"], layer["inclusion"]), []))
        for layer in record["strata"]
    ]
    found = estimate(strata, sure, by_risk=bool(plan.risk))
    return Conclusion(found, record["population"]["cases"], limit)


def _outcomes(given: Sequence[tuple[str, object]]) -> dict[str, bool | str | None]:
    """Plain outcomes by case; raises `UsageError` for another value, or a case named twice."""
    found: dict[str, bool | str | None] = {}
    odd: list[str] = []
    for case, value in given:
        if case in found:
            raise UsageError(f"case '{case}' has several outcomes: each drawn case has one")
        found[case] = None
        if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):  # those of numpy
            found[case] = bool(value)
        elif not _absent(value):
            odd.append(case)
    if odd:
        kind = type(dict(given)[odd[0]]).__name__
        raise UsageError(
            f"{len(odd)} outcomes are neither true, false nor empty, the first is that of case "
            f"'{odd[0]}' (a value of type {kind}); True: it deviates, False: it does not, None: "
            "undecided"
        )
    return found


def _absent(value: object) -> bool:
    """None, NaN, or what stands in a pandas column where there is nothing."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float) and value != value


def _stratum(layer: Mapping[str, Any], shown: list[bool | str | None]) -> Stratum:
    return Stratum(
        inclusion=Fraction(layer["inclusion"]), cases=layer["cases"], drawn=len(shown),
        found=sum(one is True for one in shown), passed=sum(one is False for one in shown),
        undecided=sum(one is None for one in shown), missing=shown.count("missing"),
    )  # fmt: skip
