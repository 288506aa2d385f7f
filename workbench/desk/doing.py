"""What can be done at the desk: a verb with what was typed -> the `Review`, and where to go then.

Nothing is decided here: whether it may be done says the room of the rules, and refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.done import Done, Given
from workbench.desk.lead_verbs import VERBS as LEAD
from workbench.desk.rating_verbs import VERBS as RATING
from workbench.desk.unit_verbs import VERBS as UNIT
from workbench.terms import UsageError

_VERBS: dict[str, Callable[[Desk, Given], Done | dict[str, Any]]] = {**RATING, **LEAD, **UNIT}


def do(desk: Desk, verb: str, given: Given) -> Done | dict[str, Any]:
    """Do it; raises `Refused` where the rules say no, `UsageError` for a verb that there is not."""
    if verb not in _VERBS:
        raise UsageError(desk.w("unknown_verb"))
    return _VERBS[verb](desk, given)
