"""Who may see what: roles, and the classes of data that each may see.

A pack gives every column a class (`schema.yaml`: none, personal, commercial, secret). Leadership
looks at figures and never at a person; supervisors and auditors read case files as they are;
what is secret is shown to nobody. Pure: nothing is read, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from workbench.schema import CLASSES, Schema

# What stands in place of a value that the reader may not see.
WITHHELD = {"zh": "〔不显示〕", "en": "[withheld]"}
NONE, SECRET = CLASSES[0], CLASSES[-1]


class Role(str, Enum):
    """Who is looking.

    >>> Role("leadership")
    <Role.leadership: 'leadership'>
    """

    leadership = "leadership"
    supervisor = "supervisor"
    auditor = "auditor"


_OPEN = frozenset(CLASSES) - {SECRET}
_SEES: Mapping[Role, frozenset[str]] = {
    Role.leadership: frozenset({NONE}),
    Role.supervisor: _OPEN,
    Role.auditor: _OPEN,
}


def may_see(role: Role, data_class: str) -> bool:
    """May this role see values of this class? A class that is not known is seen by nobody.

    >>> may_see(Role.leadership, "personal"), may_see(Role.supervisor, "personal")
    (False, True)
    >>> any(may_see(role, "secret") for role in Role)
    False
    """
    return data_class in _SEES[role]


def strictest(classes: Iterable[str]) -> str:
    """The class of a value that was made of values of these classes.

    >>> strictest(["none", "personal"]), strictest([]), strictest(["secret", "personal"])
    ('personal', 'none', 'secret')
    """
    return max(classes, key=CLASSES.index, default=NONE)


def visible_columns(schema: Schema, role: Role) -> dict[str, tuple[str, ...]]:
    """The columns of each table that a role may see, in the order of the schema, derived ones last.

    A table of which nothing may be seen has an empty tuple.
    """
    return {
        table.name: tuple(c.name for c in table.all_columns.values() if may_see(role, c.data_class))
        for table in schema.tables.values()
    }


def mask(value: Any, data_class: str, role: Role, language: str | None = None) -> Any:
    """The value; if the role may not see it, the word for that (None without a language).

    Nothing stays nothing: an empty cell hides no value.

    >>> mask("王某", "personal", Role.leadership, "en"), mask("王某", "personal", Role.auditor)
    ('[withheld]', '王某')
    >>> mask("王某", "personal", Role.leadership), mask(None, "personal", Role.leadership, "zh")
    (None, None)
    """
    if value is None or may_see(role, data_class):
        return value
    return WITHHELD.get(language, WITHHELD["en"]) if language else None


def mask_row(
    row: Mapping[str, Any], classes: Mapping[str, str], role: Role
) -> tuple[dict[str, Any], frozenset[str]]:
    """A row without the values that the role may not see, and the names of those taken out.

    `classes` says the class of each name; a name that is not in it is of class none.

    >>> mask_row({"case_id": "1", "name": "王某"}, {"name": "personal"}, Role.leadership)
    ({'case_id': '1', 'name': None}, frozenset({'name'}))
    """
    shown = {name: mask(value, classes.get(name, NONE), role) for name, value in row.items()}
    taken = (name for name, value in row.items() if value is not None and shown[name] is None)
    return shown, frozenset(taken)
