"""Values of one entry of a rubric file: what is wrong becomes a fault, and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault, did_you_mean

LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Entry:
    """A mapping of the file at `place`; `label` is what messages call it."""

    source: Source
    place: Place
    raw: dict[str, Any]
    faults: list[Fault]
    label: str

    def fault(self, key: str, message: str, hint: str = "") -> None:
        """A fault at one key, or at the entry where the key is not there."""
        self.faults.append(self.source.fault((*self.place, key), message, hint))

    def knows(self, keys: set[str]) -> None:
        """Every other key is a fault."""
        self.faults.extend(unknown_entries(self.source, self.place, self.raw, keys))

    def one_of(self, key: str, known: Sequence[str], default: str) -> str:
        """A word of a closed list."""
        value = self.raw.get(key, default)
        if value != default and value not in known:
            hint = did_you_mean(str(value), known)
            self.fault(key, f"{key} is one of {', '.join(known)}", hint)
            return default
        return str(value)

    def text(self, key: str, needed: bool = False) -> str:
        """A text; empty where there is none."""
        value = self.raw.get(key)
        if needed and not value:
            self.fault(key, f"{self.label} needs '{key}'")
        # A folded line of Chinese has no space where it was broken.
        return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", " ".join(str(value or "").split()))

    def words(self, key: str) -> dict[str, str]:
        """What people read, in both languages."""
        return self.both(self.raw.get(key), key)

    def both(self, value: Any, what: str) -> dict[str, str]:
        """A text in both languages; `what` is what the messages call it."""
        found = value if isinstance(value, dict) else {}
        for language in LANGUAGES:
            if not found.get(language):
                self.fault(what, f"{self.label} has no {what} in {language}")
        return {language: str(found.get(language) or "") for language in LANGUAGES}

    def number(self, key: str, default: float | None = None) -> float:
        """A number of 0 or more."""
        value = self.raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            said = "nothing" if value is None else repr(value)
            self.fault(key, f"{self.label}: {key} is a number of 0 or more, not {said}")
            return 0.0
        return float(value)

    def share(self, key: str, default: float | None = None) -> float:
        """A number from 0 to 1."""
        value = self.number(key, default)
        if value > 1:
            self.fault(key, f"{self.label}: {key} is a share from 0 to 1, not {value:g}")
        return value

    def whole(self, key: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`."""
        value = self.number(key, default)
        if value != int(value) or value > most:
            self.fault(key, f"{key} is a whole number from 0 to {most}, not {value:g}")
            return default
        return int(value)

    def day(self, key: str) -> date | None:
        """A day, or None."""
        value = self.raw.get(key)
        if value is not None and not isinstance(value, date):
            self.fault(key, f"{key} is a day such as 2024-01-31, not {value!r}")
            return None
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A list of names."""
        value = self.raw.get(key) or []
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self.fault(key, f"{self.label}: {key} is a list of names")
            return ()
        return tuple(value)

    def part(self, key: str) -> Entry:
        """The mapping under a key; empty, with a fault, where it is none."""
        value = self.raw.get(key)
        if not isinstance(value, dict):
            self.fault(key, f"{self.label} needs '{key}' with its own entries")
            value = {}
        return Entry(self.source, (*self.place, key), value, self.faults, key)

    def each(self, key: str, label: str) -> Iterator[Entry]:
        """The mappings of a list, each called by its id or name."""
        value = self.raw.get(key) or []
        if not isinstance(value, list):
            self.fault(key, f"{self.label}: {key} is a list")
            return
        for index, raw in enumerate(value):
            place: Place = (*self.place, key, index)
            if not isinstance(raw, dict):
                self.faults.append(self.source.fault(place, f"a {label} is a mapping"))
                continue
            name = raw.get("id") or raw.get("name") or index + 1
            yield Entry(self.source, place, raw, self.faults, f"{label} '{name}'")
