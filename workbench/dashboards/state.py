"""Where the viewer is: page, filters, language. Comes from the browser, so it is checked here.

A state travels as a query string in the part of the address behind `#`; what a run does not have
(a unit of another run, a page that does not exist) falls back to nothing chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

from workbench.display import Language

PAGES = ("overview", "weak", "bottlenecks", "cases", "check", "case", "deadlines")
OUTCOMES = ("failed", "cannot_tell", "not_yet_due", "passed", "not_applicable")
DUE = ("soon", "overdue", "open")
NO_UNIT = "-"  # stands for what belongs to no unit, so that it can be chosen like one
LONGEST = 2000  # characters of an address that are read
FILTERS = ("organ", "unit", "kind", "first", "last")
ALL = "*"  # stands for every topic
_SHORT = {"language": "lang", "opened": "open"}


@dataclass(frozen=True)
class State:
    """One view of one run. `None` is no choice; `first` and `last` are months `YYYY-MM`.

    `at` counts the pages of a list from 0. `subject` is a case or a subject of another asset.
    `opened` names the topics whose checks stand in the first view, with commas; or all of them.
    """

    run: str = ""
    language: Language = "zh"
    page: str = "overview"
    organ: str | None = None
    unit: str | None = None
    kind: str | None = None
    first: str | None = None
    last: str | None = None
    check: str | None = None
    outcome: str = "failed"
    subject: str | None = None
    due: str = "soon"
    at: int = 0
    opened: str = ""

    def link(self, **changes: object) -> str:
        """The address of this view with some things changed: `#page=check&check=…`.

        >>> State(run="r", unit="U 1").link(page="check", check="c")
        '#run=r&lang=zh&page=check&unit=U+1&check=c'
        """
        its = {**vars(self), **changes}
        if its["page"] != "overview":  # nothing else can be opened
            its["opened"] = ""
        given = [
            f"{_SHORT.get(name, name)}={_quoted(str(value))}"
            for name, value in its.items()
            if value not in (None, "") and (name in _ALWAYS or value != _PLAIN[name])
        ]
        return "#" + "&".join(given)

    def opens(self, topic: str) -> bool:
        """Do the checks of this topic stand in the first view?"""
        return self.opened == ALL or topic in self.opened.split(",")

    def toggle(self, topic: str, topics: Collection[str]) -> str:
        """The address of this view with one topic opened, or folded again; of those there are.

        >>> State(run="r", opened="a").toggle("b", ["a", "b", "c"])
        '#run=r&lang=zh&open=a,b'
        >>> State(run="r", opened="*").toggle("b", ["a", "b", "c"])
        '#run=r&lang=zh&open=a,c'
        """
        opened = [t for t in topics if self.opens(t) != (t == topic)]
        return self.link(opened=_listed(opened, topics))

    @property
    def filtered(self) -> bool:
        """Is any filter set?"""
        return any(getattr(self, name) for name in FILTERS)


@dataclass(frozen=True)
class Known:
    """What there is to choose from in one run; each unit with the organs that its cases are of.

    `topics` can be opened in the first view, with their titles. `gaps` names the columns
    (`organ`, `kind`) that some subjects leave empty.
    """

    units: Mapping[str, Collection[str | None]]
    organs: Collection[str]
    kinds: Collection[str]
    months: Collection[str]
    checks: Collection[str]
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    gaps: Collection[str] = ()


_ALWAYS = ("run", "language")
_PLAIN = {f.name: f.default for f in fields(State)}


@lru_cache(1000)
def _quoted(value: str) -> str:
    return quote_plus(value, safe=",*")  # nearly every address of a view has the same values


def _listed(opened: Collection[str], topics: Collection[str]) -> str:
    return ALL if topics and len(opened) == len(topics) else ",".join(opened)


def check_link(view: str, check: str, outcome: str = "failed") -> str:
    """The address of a check: what `State.link(check=…, outcome=…)` gives, for many checks at once.

    `view`: the same address without its check, outcome, list and page.

    >>> check_link(State(run="r", unit="U 1").link(page="check"), "c", "passed")
    '#run=r&lang=zh&page=check&unit=U+1&check=c&outcome=passed'
    """
    end = "" if outcome == State.outcome else f"&outcome={outcome}"
    return f"{view}&check={_quoted(check)}{end}"


def parse(address: str) -> dict[str, str]:
    """The parts of an address as texts; what is not understood is left out.

    >>> parse("#run=a&lang=en&at=2"), parse("%%%")
    ({'run': 'a', 'lang': 'en', 'at': '2'}, {})
    """
    try:
        return dict(parse_qsl(str(address)[:LONGEST].lstrip("#"), max_num_fields=30))
    except ValueError:  # more fields than a view has
        return {}


def ignored(parts: Mapping[str, str], state: State) -> list[str]:
    """What an address asks for and the run does not have, as it was written.

    >>> ignored({"unit": "U9", "kind": "k", "page": "x"}, State(kind="k"))
    ['x', 'U9']
    """
    asked = {name: parts[name] for name in ("page", "run", "check", *FILTERS) if name in parts}
    if asked.get("page") in PAGES:  # what it is a page of may be missing; that is said then
        del asked["page"]
    if (asked.get("first"), asked.get("last")) == (state.last, state.first):
        asked = {name: value for name, value in asked.items() if name not in ("first", "last")}
    return [value for name, value in asked.items() if value != getattr(state, name)]


def read_state(parts: Mapping[str, str], run: str, language: Language, known: Known) -> State:
    """A state of which every part exists in the run. Never raises: an address is anyone's text."""

    def one_of(name: str, allowed: Collection[str]) -> str | None:
        value = parts.get(name)
        return value if value in allowed else None

    unit = one_of("unit", known.units)
    organ = one_of("organ", known.organs)
    if unit and organ and organ not in known.units[unit]:
        unit = None
    first, last = one_of("first", known.months), one_of("last", known.months)
    if first and last and first > last:
        first, last = last, first
    check = one_of("check", known.checks)
    page = one_of("page", PAGES) or "overview"
    if (page == "check" and not check) or (page == "case" and not parts.get("subject")):
        page = "overview"
    at, opened = parts.get("at", ""), parts.get("open", "")
    its = [topic for topic in known.topics if opened == ALL or topic in opened.split(",")]
    return State(
        run=run,
        language=language,
        page=page,
        organ=organ,
        unit=unit,
        kind=one_of("kind", known.kinds),
        first=first,
        last=last,
        check=check,
        outcome=one_of("outcome", OUTCOMES) or "failed",
        subject=parts.get("subject"),
        due=one_of("due", DUE) or "soon",
        at=int(at) if at.isascii() and at.isdigit() and len(at) < 8 else 0,
        opened=_listed(its, known.topics) if page == "overview" else "",
    )
