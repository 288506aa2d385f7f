"""Files that people write (YAML, JSON, CSV lists), read with the line of every entry.

JSON is read by the YAML composer, which takes it as it is and knows the lines. Only safe
loading: no tags, no objects. A file that cannot be read gives one `Fault`, not a traceback.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from workbench.terms import Fault, did_you_mean

Place = tuple[str | int, ...]

# The C composer is about ten times faster; the pure one is what PyYAML has without libyaml.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Source:
    """One parsed file: its content, and the line on which each entry starts.

    `places` maps a path into the content, such as `("expectations", 3, "kwargs")`, to a line
    (1-based).
    """

    file: str
    content: Any
    places: Mapping[Place, int] = field(default_factory=dict, repr=False)

    def line(self, place: Place) -> int | None:
        """The line of `place`, or of the nearest entry around it."""
        while place not in self.places and place:
            place = place[:-1]
        return self.places.get(place)

    def fault(self, place: Place, message: str, hint: str = "") -> Fault:
        """A fault of this file at `place`."""
        return Fault(self.file, self.line(place), message, hint)


def read_words(path: Path) -> dict[str, Any]:
    """A book of words of our own: YAML that needs no lines and has no faults.

    >>> read_words(Path("workbench/dashboards/home_words.yaml"))["title"]   # doctest: +SKIP
    {'zh': '案卷评查工作台', 'en': 'Case-file Workbench'}
    """
    words: dict[str, Any] = yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506
    return words


def read_source(path: Path, name: str) -> tuple[Source, list[Fault]]:
    """Read a YAML or JSON file; `name` is what messages call it.

    Returns the source (content `None` where it cannot be parsed) and the faults found: an
    unreadable file, a syntax error, a key that stands twice.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Source(name, None), [Fault(name, None, f"cannot be read: {error}")]
    places: dict[Place, int] = {}
    faults: list[Fault] = []
    try:
        content = _composed(text, places, faults, name)
    except ValueError as error:  # a day such as 2025-13-40
        return Source(name, None), [Fault(name, None, f"holds a value that is none: {error}")]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        return Source(name, None), [Fault(name, mark.line + 1 if mark else None, problem)]
    return Source(name, content, places), faults


def _composed(text: str, places: dict[Place, int], faults: list[Fault], name: str) -> Any:
    """The content of a text; its lines and the keys that stand twice are noted on the way."""
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _walk(node, (), places, faults, name)  # first: constructing it resolves what it merges
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _walk(
    node: Any, place: Place, places: dict[Place, int], faults: list[Fault], name: str
) -> None:
    places[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                faults.append(Fault(name, key.start_mark.line + 1, f"'{key.value}' stands twice"))
            seen.add(key.value)
            _walk(value, (*place, key.value), places, faults, name)
            places[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _walk(value, (*place, index), places, faults, name)


def unknown_entries(
    source: Source, place: Place, entry: Mapping[str, Any], known: set[str]
) -> Iterator[Fault]:
    """A fault for each key of `entry` that nobody reads."""
    for key in entry:
        if key not in known:
            hint = did_you_mean(str(key), sorted(known))
            yield source.fault((*place, key), f"unknown entry '{key}'", hint)


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a small CSV list with a header, each with its line in the file.

    Cells are trimmed; lines that start with `#` are comments.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = ((n, text) for n, text in enumerate(handle, 1) if not text.startswith("#"))
        numbers: list[int] = []

        def feed() -> Iterator[str]:
            for number, text in lines:
                numbers.append(number)
                yield text

        for row in csv.DictReader(feed()):
            yield numbers[-1], {str(k): (v or "").strip() for k, v in row.items() if k}
