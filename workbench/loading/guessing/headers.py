"""A header as a person wrote it -> what it is looked up by: its words, its unit, its group."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workbench.loading.cells import normalise
from workbench.loading.units import unit_named
from workbench.sources import read_words

_BRACKETS = re.compile(r"[(\[【〔〈<{]([^()\[\]【】〔〕〈〉<>{}]*)[)\]】〕〉>}]")
_NUMBERED = re.compile(r"^(?:[*★☆※●]+|\(?[\d一二三四五六七八九十]{1,2}\s*[.、．)]\s*)+")
_TRAILING = re.compile(r"[\s:：,，/_-]+(\S{1,12})$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LATIN = re.compile(r"[a-z0-9#]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_JOINTS = re.compile(r"[\s_\-./\\:：,，;；|·'\"“”、*]+")
# Two names laid over each other where cells of a header were merged.
GROUP = re.compile(r"\s*[/|>·\n]\s*")


@dataclass(frozen=True)
class HeaderWords:
    """What a header says. `plain` is what stands there, `loose` what it comes to in other words.

    `unit` is a unit written beside it, `group` what stands over it.
    """

    text: str
    plain: str
    loose: str
    unit: str | None = None
    group: str = ""

    @property
    def chinese(self) -> bool:
        """Is it written in Chinese?"""
        return bool(_CHINESE.search(self.plain))

    @property
    def letters(self) -> str:
        """Nothing but Latin letters: they may be the first letters of a Chinese word."""
        bare = _JOINTS.sub("", self.plain)
        return bare if bare.isascii() and bare.isalpha() else ""


@cache
def _words() -> Mapping[str, Any]:
    return read_words(Path(__file__).with_name("words.yaml"))


@cache
def header_words(header: str) -> HeaderWords:
    """A header, taken apart.

    >>> found = header_words("*罚款金额（万元）")
    >>> found.plain, found.unit
    ('罚款金额', '万元')
    >>> header_words("DecisionDate").loose == header_words("date of the decision").loose
    True
    >>> header_words("立案时间").loose == header_words("立案日期").loose
    True
    """
    text = normalise(header)
    rest = _NUMBERED.sub("", text).strip()
    unit = None
    for note in _BRACKETS.findall(rest):
        unit = unit or (note if unit_named(note) else None)
    bare = _BRACKETS.sub(" ", rest).strip() or rest
    trailing = _TRAILING.search(bare)
    if unit is None and trailing and unit_named(trailing[1]):
        unit, bare = trailing[1], bare[: trailing.start()]
    group, bare = _ungrouped(bare)
    return HeaderWords(text, _plain(bare), loosened(bare), unit, group)


def _ungrouped(text: str) -> tuple[str, str]:
    parts = [part for part in GROUP.split(text) if part]
    if len(parts) == 2 and all(_CHINESE.search(part) for part in parts):
        return parts[0], parts[1]
    return "", text


def _plain(text: str) -> str:
    """What stands there, without spaces and marks between Chinese words, in small letters."""
    if _CHINESE.search(text):
        return _JOINTS.sub("", text).casefold()
    return " ".join(_JOINTS.sub(" ", _CAMEL.sub(" ", text)).casefold().split())


def loosened(text: str) -> str:
    """What a text comes to in other words: equal for two ways of saying the same."""
    words = _words()
    if not _CHINESE.search(text):
        split = _JOINTS.sub(" ", _CAMEL.sub(" ", text)).casefold().split()
        found = {words["en"].get(word, word) for word in split if word not in words["stop"]}
        return " ".join(sorted(found))
    plain = _plain(text)
    for old, new in words["zh"]:
        plain = plain.replace(old, new)
    if plain.endswith("日"):
        plain += "期"
    for filler in words["fillers"]:
        if plain.startswith(filler) and len(plain) - len(filler) >= 3:
            plain = plain[len(filler) :]
    return plain


def says_nothing(word: str) -> bool:
    """Is it a word that many headers end with, such as date or 编号?"""
    return word in _words()["bare"]


def is_generic(plain: str) -> bool:
    """Is a word too short to say by itself of what it is the date, the name, the number?

    >>> is_generic("日期"), is_generic("公示日期"), is_generic("name"), is_generic("party name")
    (True, False, True, False)
    """
    return len(plain) <= 2 if _CHINESE.search(plain) else " " not in plain.strip()
