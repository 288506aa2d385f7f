"""What the commands of a review refuse, said with titles in place of ids and codes."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.review.refusals import Refused
    from workbench.review.state import RoundState
    from workbench.texts import Language

_QUOTED = re.compile(r"(?<=“)[^“”]+(?=”)|(?<=')[^']+(?=')")
# Which values of a refusal are codes of ours, and what they are codes of.
_CODES = {"roles": "roles", "stage": "stages"}
# Which values name something of the round; what other refusals say stands between quotes.
_IDS = {"criterion", "check", "unit", "kind", "target", "measure"}
_CHOICES = {"known", "allowed"}  # what may be given instead: with the code that is typed
_SAID = {"what", "what_en", "why", "why_en"}


@functools.cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    from workbench.sources import read_words

    return dict(read_words(Path(__file__).with_name("review_names.yaml")))


def named(refused: Refused, its: RoundState | None, language: Language) -> Refused:
    """The same refusal as a person reads it: criteria, checks, units, roles, stages by title.

    >>> named(Refused("not_rated", criterion="facts"), its, "en")   # doctest: +SKIP
    Refused("'Facts' is not rated yet")
    """
    from workbench.review.refusals import Refused

    names = _titles(its, language) if its else {}
    values = {key: _value(key, value, names, language) for key, value in refused.values.items()}
    return Refused(refused.code, **values)


def _value(key: str, value: Any, names: Mapping[str, str], language: Language) -> Any:
    if not isinstance(value, str):
        return value
    if key in _SAID:
        return _QUOTED.sub(lambda found: names.get(found[0], found[0]), value)
    if key in _IDS:
        return names.get(value, value)
    if key in _CODES:
        codes = {code: its[language] for code, its in _words()[_CODES[key]].items()}
        return _between(language).join(codes.get(one, one) for one in value.split(" / "))
    if key in _CHOICES:
        opened, closed = ("（", "）") if language == "zh" else (" (", ")")
        return _between(language).join(
            f"{names[one]}{opened}{one}{closed}" if one in names else one
            for one in value.split(", ")
        )
    return value


def _between(language: Language) -> str:
    return "、" if language == "zh" else ", "


def _titles(its: RoundState, language: Language) -> dict[str, str]:
    """Criteria, vetoes, checks, units and kinds of a round by id; a check keeps its own title."""
    found = dict(its.opened.names)
    found |= {code: words.get(language, code) for code, words in its.opened.words.items()}
    for rubric in its.opened.rubrics.values():
        for part in ("vetoes", "criteria"):
            for one in rubric.get(part, ()):
                found[one["id"]] = one["title"].get(language, one["id"])
    return found | {check: title.get(language, check) for check, title in its.opened.titles.items()}
