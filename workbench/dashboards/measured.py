"""What people made of the proposals of a check, from the review store beside the runs."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.dashboards.data import RunData
from workbench.review.precision import label, measured, sentence
from workbench.review.state import State
from workbench.review.store import ReviewStore
from workbench.terms import WorkbenchError
from workbench.texts import Language

STORE = "review.sqlite"
# Of each store where it stood when it was last read, and what it had come to.
_seen: dict[str, tuple[str, State]] = {}


def measured_row(data: RunData, check: str, language: Language) -> tuple[str, str, str] | None:
    """Term, sentence and "" of a check under its present rule; None where nobody reviews here.

    A store that cannot be read leaves the page as it is without one.
    """
    where = os.environ.get("WORKBENCH_REVIEW") or str(data.folder.parent / STORE)
    if "://" not in where and not Path(where).is_file():
        return None
    try:
        state = _state(where)
    except WorkbenchError:
        return None
    rule = data.checks[check].get("rule_digest", "")
    return label(language), sentence(measured(state).get((check, rule)), language), ""


def _state(where: str) -> State:
    """All rounds of a store; only what is new is read."""
    with ReviewStore.open(where, create=False) as store:
        head = store.head().store_id
        known, state = _seen.get(where, ("", State()))
        if known != head:
            state = State()
        for entry in store.entries(after=state.seq):
            state.fold(entry)
    _seen[where] = (head, state)
    return state
