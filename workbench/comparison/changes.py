"""What became of one check on one subject between two runs."""

from __future__ import annotations

from workbench.terms import Outcome

# A subject that a run does not have.
ABSENT = max(outcome.value for outcome in Outcome) + 1
STATES = ABSENT + 1
_FAILED, _PASSED = Outcome.failed.value, Outcome.passed.value
_UNDECIDED = (Outcome.cannot_tell.value, Outcome.not_yet_due.value)

# In the order in which people read them. The first five are what became of what failed before.
REPAIRED, STILL, MOOT, OPEN, GONE = (
    "repaired", "still_failed", "no_longer_applies", "now_undecided", "gone",
)  # fmt: skip
NEWLY, FIRST, ADDED = "newly_failed", "first_failed", "failed_new_subject"
CHANGES = (REPAIRED, STILL, MOOT, OPEN, GONE, NEWLY, FIRST, ADDED)


def change_of(before: int, after: int) -> str | None:
    """The change from one outcome to the other; None where neither run found a failure.

    >>> change_of(2, 1), change_of(1, 2), change_of(4, 2), change_of(1, 1)
    ('repaired', 'newly_failed', 'first_failed', None)
    """
    if before == _FAILED:
        if after in _UNDECIDED:
            return OPEN
        return {_PASSED: REPAIRED, _FAILED: STILL, ABSENT: GONE}.get(after, MOOT)
    if after != _FAILED:
        return None
    return {_PASSED: NEWLY, ABSENT: ADDED}.get(before, FIRST)


def pair(before: int, after: int) -> int:
    """Two outcomes as one small number."""
    return before * STATES + after


PAIRS = {
    pair(before, after): (before, after, change_of(before, after))
    for before in range(STATES)
    for after in range(STATES)
}


def state_name(code: int) -> str:
    """The name of an outcome, or `absent`.

    >>> state_name(2), state_name(5)
    ('failed', 'absent')
    """
    return "absent" if code == ABSENT else Outcome(code).name
