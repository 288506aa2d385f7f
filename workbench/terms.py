"""The words of the field: outcomes, grades, faults and error classes.

Nothing here knows a law or a country. Every other room takes its words from this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from pathlib import Path


class Outcome(IntEnum):
    """What a check says of one subject. The numbers are the codes stored in `outcomes/`.

    The five answers are never folded into one another; a rate is
    `failed / (passed + failed)` and shows `cannot_tell` beside it.

    >>> Outcome(2).name
    'failed'
    """

    not_applicable = 0
    passed = 1
    failed = 2
    cannot_tell = 3
    not_yet_due = 4


class Grade(str, Enum):
    """How serious a failed check is, in our words (`meta.grade` of a suite entry)."""

    veto = "veto"
    major = "major"
    minor = "minor"
    advisory = "advisory"


# Great Expectations knows three severities and drops an entry with any other word in silence.
GX_SEVERITY = {
    Grade.veto: "critical",
    Grade.major: "critical",
    Grade.minor: "warning",
    Grade.advisory: "info",
}


class Scope(str, Enum):
    """What a scope fact says of a subject: is the duty there, is it due?"""

    due = "due"
    not_yet_due = "not_yet_due"
    not_applicable = "not_applicable"


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in a file a person wrote: where it is, what it is, the likely slip.

    >>> str(Fault("suites/a.json", 4, "column 'x' is no fact", "did you mean 'y'?"))
    "suites/a.json, line 4: column 'x' is no fact (did you mean 'y'?)"
    """

    file: str
    line: int | None
    message: str
    hint: str = ""

    def __str__(self) -> str:
        where = self.file + (f", line {self.line}" if self.line else "")
        return f"{where}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class WorkbenchError(Exception):
    """A mistake of the user or of a file; shown as its sentence, never as a traceback.

    `exit_code`: 1 the input is unusable, 2 wrong usage.
    """

    exit_code = 1

    def _render_traceback_(self) -> list[str]:
        """What a notebook prints (IPython asks for it): the sentence."""
        return [f"workbench: {self}"]


class UsageError(WorkbenchError):
    """The call itself is wrong: an unknown name, a date that is none, options that clash."""

    exit_code = 2


class InputError(WorkbenchError):
    """The case files cannot be used at all (a single bad row never raises this)."""


class PackError(WorkbenchError):
    """A pack has faults. All of them are in `faults`; the message shows all of them."""

    def __init__(self, pack: str | Path, faults: Iterable[Fault]):
        self.faults = sorted(set(faults), key=lambda f: (f.file, f.line or 0, f.message))
        count = len(self.faults)
        lines = [f"pack {pack}: {count} fault{'s' if count != 1 else ''}"]
        super().__init__("\n  ".join(lines + [str(fault) for fault in self.faults]))


def did_you_mean(word: str, known: Sequence[str] | Iterable[str]) -> str:
    """A hint naming the known word nearest to `word`, or an empty string.

    >>> did_you_mean("desided_on", ["decided_on", "closed_on"])
    "did you mean 'decided_on'?"
    """
    from difflib import get_close_matches

    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean '{near[0]}'?" if near else ""
