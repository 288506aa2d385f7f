"""Columns that the loader makes of a delivered one, as `schema.yaml` declares them.

    code:
      type: text
      format:                  # gives code_valid, code_region, code_born_on
        by: code_kind          # a column of type code; a code without a form has no format
        uscc: {module: cn.uscc, length: 18, parts: {region: [3, 8]}}
        id: {module: iso7064.mod_11_2, length: 18, parts: {region: [1, 6], born_on: [7, 14]}}
    text:
      type: text
      scan: private            # gives text_hits, text_found; lists/private.csv has the patterns

`format: cn.uscc` is short for `format: {module: cn.uscc}`. A module is one of python-stdnum's.
Pure: parses declarations and judges single values; `loading.deriving` does it for whole columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault, did_you_mean

# The rows of a list with the line of each in its file.
ListRows = Iterable[tuple[int | None, Mapping[str, Any]]]
DAY_PART = "_on"  # a part whose name ends so is a day, written YYYYMMDD
_FORM_KEYS = {"module", "length", "parts"}
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_NO_NUMBER = frozenset({"exceptions", "numdb", "util"})


@dataclass(frozen=True)
class Form:
    """One way a number is written: its module, its length, and where its parts stand (from 1)."""

    module: str
    length: int | None = None
    parts: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """The forms of a column, by the code of the column `by`; without `by` the one form is `""`."""

    forms: Mapping[str, Form]
    by: str | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Every part that any form has, in the order of the file."""
        return tuple(dict.fromkeys(part for form in self.forms.values() for part in form.parts))


@dataclass(frozen=True)
class Pattern:
    """What is looked for; a match counts if it is long enough and the module, if any, takes it."""

    code: str
    pattern: str
    module: str | None = None
    min_length: int = 0


@dataclass(frozen=True)
class Scan:
    """The patterns that a text is searched for; none where the lists were not read."""

    list_name: str
    patterns: tuple[Pattern, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# -- the numbers that python-stdnum knows


@cache
def number_modules() -> frozenset[str]:
    """The modules of python-stdnum, by the files that are there; nothing of them is run.

    >>> {"luhn", "iso7064.mod_11_2"} <= number_modules(), "os" in number_modules()
    (True, False)
    """
    from importlib.util import find_spec

    spec = find_spec("stdnum")
    roots = [Path(root) for root in (spec and spec.submodule_search_locations) or ()]
    files = ((root, path) for root in roots for path in root.rglob("*.py"))
    names = (".".join(path.relative_to(root).with_suffix("").parts) for root, path in files)
    return frozenset(n for n in names if not n.endswith("__init__") and n not in _NO_NUMBER)


@cache
def accepts(module: str) -> Callable[[str], bool]:
    """The judge of a number: is the text a valid one, for a module of python-stdnum?

    Raises `KeyError` for any other name: a pack is data and chooses among these modules only.

    >>> accepts("luhn")("79927398713"), accepts("luhn")("none")
    (True, False)
    """
    from importlib import import_module

    if module not in number_modules():
        raise KeyError(module)
    is_valid = getattr(import_module(f"stdnum.{module}"), "is_valid", None)
    if is_valid is None:
        raise KeyError(module)

    def judge(text: str) -> bool:
        try:
            return bool(is_valid(text))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            return False  # some modules stumble over signs they do not expect

    return judge


def _module_fault(module: object) -> tuple[str, str] | None:
    """What is wrong with the name of a module, and the likely slip."""
    try:
        accepts(str(module))
    except KeyError:
        hint = did_you_mean(str(module), sorted(number_modules()))
        return f"'{module}' is no module of python-stdnum that judges a number", hint
    return None


# -- format


def parse_format(source: Source, place: Place, spec: Any, faults: list[Fault]) -> Format | None:
    """The `format` of a column, with every fault of it; None where it says nothing usable."""
    if isinstance(spec, str):
        form = _parse_form(source, place, {"module": spec}, faults)
        return Format({"": form}) if form else None
    if not isinstance(spec, dict):
        faults.append(
            source.fault(place, "'format' is a module, or a mapping with 'module' or 'by'")
        )
        return None
    if "by" not in spec:
        form = _parse_form(source, place, spec, faults)
        return Format({"": form}) if form else None
    forms = {}
    for code, entry in spec.items():
        if code != "by" and (form := _parse_form(source, (*place, code), entry, faults)):
            forms[str(code)] = form
    if len(spec) == 1:
        faults.append(source.fault(place, "'format' with 'by' gives no form for any code"))
    return Format(forms, str(spec["by"])) if forms else None


def _parse_form(source: Source, place: Place, entry: Any, faults: list[Fault]) -> Form | None:
    if not isinstance(entry, dict) or "module" not in entry:
        faults.append(source.fault(place, "a form needs 'module', and may have 'length', 'parts'"))
        return None
    before = len(faults)
    faults.extend(unknown_entries(source, place, entry, _FORM_KEYS))
    wrong = _module_fault(entry["module"])
    if wrong:
        faults.append(source.fault((*place, "module"), *wrong))
    length = entry.get("length")
    if length is not None and not _is_count(length):
        faults.append(source.fault((*place, "length"), f"'{length}' is no length"))
    parts = entry.get("parts") or {}
    if not isinstance(parts, dict):
        faults.append(source.fault((*place, "parts"), "'parts' is no mapping"))
        parts = {}
    for name, bounds in parts.items():
        message = _part_fault(str(name), bounds, length if _is_count(length) else None)
        if message:
            faults.append(source.fault((*place, "parts", name), message))
    if len(faults) > before:
        return None
    return Form(str(entry["module"]), length, {str(n): (b[0], b[1]) for n, b in parts.items()})


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _part_fault(name: str, bounds: Any, length: int | None) -> str | None:
    if not _NAME.fullmatch(name):
        return f"part '{name}': a name has small letters, digits and _"
    if not (isinstance(bounds, list) and len(bounds) == 2 and all(map(_is_count, bounds))):
        return f"part '{name}': needs [first, last], counted from 1"
    first, last = bounds
    if first > last:
        return f"part '{name}': the first character, {first}, is after the last, {last}"
    if length is not None and last > length:
        return f"part '{name}': ends at {last}, and the number has {length} characters"
    if name.endswith(DAY_PART) and last - first != 7:
        return f"part '{name}': a day is written YYYYMMDD, in 8 characters, not {last - first + 1}"
    return None


# -- scan


def parse_scan(
    source: Source,
    place: Place,
    name: Any,
    lists: Mapping[str, ListRows] | None,
    faults: list[Fault],
) -> Scan:
    """The `scan` of a column with the patterns of its list; faults of the list name its lines.

    `lists` are the rows of the pack's lists; None where nobody looks (then there is no pattern).
    """
    if lists is None:
        return Scan(str(name))
    if name not in lists:
        message = f"scan: the pack has no list 'lists/{name}.csv'"
        faults.append(source.fault(place, message, did_you_mean(str(name), sorted(lists))))
        return Scan(str(name))
    rows = list(lists[name])
    absent = [c for c in ("code", "pattern") if not any(c in row for _, row in rows)]
    if absent:
        message = f"scan: lists/{name}.csv has no column {' and no column '.join(absent)}"
        faults.append(source.fault(place, message))
        return Scan(str(name))
    patterns, labels = [], {}
    for line, row in rows:
        wrong = _pattern_fault(row)
        if wrong:
            faults.append(Fault(f"lists/{name}.csv", line, *wrong))
            continue
        least = int(row.get("min_length") or 0)
        patterns.append(Pattern(row["code"], row["pattern"], row.get("module"), least))
        labels[row["code"]] = {lang: str(row[lang]) for lang in ("zh", "en") if row.get(lang)}
    # A row that only other days tell apart looks for the same.
    return Scan(str(name), tuple(dict.fromkeys(patterns)), labels)


def _pattern_fault(row: Mapping[str, Any]) -> tuple[str, str] | None:
    """What is wrong with one row of a list of patterns: a sentence and a hint."""
    code, pattern, least = row.get("code"), row.get("pattern"), row.get("min_length")
    if not code or not _CODE.fullmatch(str(code)):
        return f"'{code}' is no code: letters, digits, _ . -", ""
    if not pattern:
        return f"'{code}' has no pattern", ""
    if least is not None and not (str(least).isdecimal()):
        return f"'{code}': '{least}' is no min_length", ""
    if row.get("module") and (wrong := _module_fault(row["module"])):
        return wrong
    wrong_pattern = pattern_fault(str(pattern))
    return (f"pattern '{pattern}' {wrong_pattern}", "") if wrong_pattern else None


# What stands in a pattern: an escape, a set, the head of a group, a repetition, anything else.
_TOKEN = re.compile(r"\\.?|\[(?:\\.|[^\]\\])*\]?|\(\?.?|[*+?}]\+|\{,|.", re.DOTALL)
_ESCAPE = re.compile(r"\\[dnt]|\\[!-/:-@\[-`{-~]", re.ASCII)
_MOST_REPEATS = 1000  # what RE2 allows


def pattern_fault(pattern: str) -> str | None:
    r"""Why a pattern is not in the subset on which RE2, Java and Python agree; None if it is.

    Patterns are looked for anywhere in a text, so `^` and `$` have no place in them; `\w`, `\s`
    and `\b` mean other letters in each engine. What is looked for is never empty.

    >>> pattern_fault("1[3-9][0-9]{9}") is None, pattern_fault(r"\b[0-9]+")
    (True, "uses '\\b', which engines read differently")
    """
    for part in _TOKEN.findall(pattern):
        if part.startswith("\\") and not _ESCAPE.fullmatch(part):
            return f"uses '{part}', which engines read differently"
        if part.startswith("[") and (wrong := _set_fault(part)):
            return wrong
        if part in ("^", "$"):
            return f"uses '{part}': a pattern is looked for anywhere"
        group = part.startswith("(?") and part != "(?:"
        if group or part == "{," or (part[1:] == "+" and part[0] != "\\"):
            return f"uses '{part}', which not every engine has"
    return _compile_fault(pattern)


def _set_fault(token: str) -> str | None:
    inner = re.sub(r"\\.", lambda m: "" if _ESCAPE.fullmatch(m[0]) else "[", token[1:-1])
    plain = inner.removeprefix("^")
    if not token.endswith("]") or not token[1:-1].removeprefix("^"):
        return f"has a set that is never closed or is empty: '{token}'"
    if "[" in plain or any(twice in plain for twice in ("&&", "||", "--", "~~")):
        return f"has the set '{token}', which engines read differently"
    return None


@cache
def _engine() -> Any:
    """What patterns are compiled by: one for all of them, since opening it is what takes long."""
    import duckdb

    return duckdb.connect(config={"threads": 1})


@cache
def _compile_fault(pattern: str) -> str | None:
    import duckdb

    repeats = [int(n) for n in re.findall(r"\{(\d+)", pattern) + re.findall(r",(\d+)\}", pattern)]
    if repeats and max(repeats) > _MOST_REPEATS:
        return f"repeats more than {_MOST_REPEATS} times"
    try:
        if re.compile(pattern).search(""):
            return "matches where there is nothing"
        _engine().cursor().execute("SELECT regexp_matches('', $1)", [pattern])
    except (re.error, OverflowError) as error:
        return f"is no regular expression: {error}"
    except duckdb.Error as error:
        return f"is nothing that RE2 reads: {str(error).splitlines()[0]}"
    return None
