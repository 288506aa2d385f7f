"""What a review refuses, in the reader's language: a code, its values, a sentence in zh and en."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workbench.terms import UsageError
from workbench.texts import Language, shown_language

_WORDS = Path(__file__).with_name("refusals.yaml")


@cache
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(_WORDS.read_text("utf-8"))
    return found


def near(word: str, known: Iterable[str]) -> dict[str, str]:
    """The known name nearest to a word, as the end of a sentence in zh (`near`) and en (`near_en`).

    >>> near("lat", ["late", "proof"])["near_en"]
    "; did you mean 'late'?"
    """
    from difflib import get_close_matches

    found = get_close_matches(word, list(known), n=1, cutoff=0.6)
    if not found:
        return {"near": "", "near_en": ""}
    return {"near": f"；是否指“{found[0]}”？", "near_en": f"; did you mean '{found[0]}'?"}


class Refused(UsageError):
    """Something that a round's rules do not allow; nothing was written.

    >>> Refused("round_unknown", round="2026-A", known="2025-A").text("en")
    "there is no round '2026-A' here; there are: 2025-A"
    """

    def __init__(self, code: str, **values: Any):
        self.code, self.values = code, values
        super().__init__(self.text(shown_language("zh")))

    def text(self, language: Language, names: Mapping[str, str] | None = None) -> str:
        """The sentence in a language; `names` say what ids are called.

        >>> Refused("not_rated", criterion="law").text("en", {"law": "Law applied"})
        "'Law applied' is not rated yet"
        """
        called = names or {}
        values = {
            key: called.get(value, value) if isinstance(value, str) else value
            for key, value in self.values.items()
        }
        return _sentences()[self.code][language].format(**values)
