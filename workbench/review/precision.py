"""Measured checks: how often an automatic check was right, by what people made of its proposals.

Precision = confirmed / (confirmed + overturned), with the exact interval, each case once, by what
held in the end (agreement of the raters, adjudication, answer to the reply). Where those whose
ratings make the result do not agree about it, or it was confirmed under one criterion and
overturned under another, the case counts for neither and is shown apart. Veto candidates that
stand in no criterion count alike. A check whose rule was changed starts anew: rows are by the hash
of the rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.review import entries as e
from workbench.review.problems import Basis, bases
from workbench.review.state import CaseState, RoundState, State
from workbench.sources import read_words
from workbench.statistics import clopper_pearson
from workbench.texts import Language

if TYPE_CHECKING:
    import pandas as pd

# Fewer decisions than this are shown as too few, as in the weak links.
LEAST = 5
DISAGREED = "disagreed"
SETTLED = ("passed", "failed", "not_applicable")


@dataclass
class Measured:
    """What people made of one check under one rule. `settled`: what they found where it could not
    tell. `low` and `high` are the ends of the exact 95% interval."""

    check_id: str
    rule: str
    pack: str
    pack_version: str
    counts: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    last_round: str = ""

    @property
    def decided(self) -> int:
        """Cases that count: confirmed and overturned."""
        return self.counts["confirmed"] + self.counts["overturned"]

    @property
    def few(self) -> bool:
        """Are there too few decisions to say anything?"""
        return self.decided < LEAST

    @property
    def precision(self) -> float | None:
        """Share of the decided that were confirmed; None where nothing is decided."""
        return self.counts["confirmed"] / self.decided if self.decided else None

    def row(self) -> dict[str, Any]:
        """Plain values."""
        low, high = clopper_pearson(self.counts["confirmed"], self.decided)
        return {
            "check_id": self.check_id, "rule": self.rule, "pack": self.pack,
            "pack_version": self.pack_version, "confirmed": self.counts["confirmed"],
            "overturned": self.counts["overturned"], "disagreed": self.counts[DISAGREED],
            "precision": self.precision, "low": low if self.decided else None,
            "high": high if self.decided else None, "too_few": self.few,
            **{f"settled_{name}": self.settled[name] for name in SETTLED},
            "last_round": self.last_round,
        }  # fmt: skip


def measured(state: State) -> dict[tuple[str, str], Measured]:
    """All checks that people decided on in any round, by check and rule.

    A case that stands in several rounds of one run counts once, as the last of them says.
    """
    said: dict[tuple[str, str, str, str], tuple[RoundState, str, str]] = {}
    for its in state.rounds.values():
        for case in its.cases.values():
            for check, kind, word in _said(its, case):
                key = (check, rule_of(its, check), its.opened.origin.as_of, case.case_id)
                said[key] = (its, kind, word)
    found: dict[tuple[str, str], Measured] = {}
    for (check, rule, _, _), (its, kind, word) in said.items():
        origin = its.opened.origin
        one_check = found.setdefault(
            (check, rule), Measured(check, rule, origin.pack, origin.pack_version)
        )
        counts = one_check.counts if kind == "proposal" else one_check.settled
        counts[word] += 1
        one_check.last_round = its.round_id
    return found


def rule_of(its: RoundState, check: str) -> str:
    """The rule of a check in a round; of rounds that kept none, the state of the whole pack."""
    return its.opened.rules.get(check) or its.opened.origin.pack_digest[:16]


def _said(its: RoundState, case: CaseState) -> Iterator[tuple[str, str, str]]:
    """Check, kind and word of what people decided on in a case that is settled.

    Each check once, wherever it stands: confirmed only where it was confirmed under every criterion
    that counts, else, where the words differ, disagreed. A veto candidate that no criterion decided
    on counts by what was said of the veto.
    """
    sets = _settled_sets(its, case)
    decided: dict[str, set[str]] = {}
    settled: dict[str, set[str]] = {}
    vetoed: dict[str, set[str]] = {}
    for one in case.drawn.proposals if sets else ():
        items = [basis.items[one.criterion] for basis in sets if one.criterion in basis.items]
        items = [item for item in items if item.applicable]
        if one.outcome == "failed":
            words = {i.proposals[one.check].decision for i in items if one.check in i.proposals}
            if word := _ruled(case, one.criterion, one.check) or _one_of(words):
                decided.setdefault(one.check, set()).add(word)
            if one.veto and (word := _of_veto(case, sets, one.check)):
                vetoed.setdefault(one.check, set()).add(word)
        elif one.outcome in ("cannot_tell", "untested"):
            found = {i.settled[one.check].outcome for i in items if one.check in i.settled}
            settled.setdefault(one.check, set()).update(found)
    for check, its_words in (vetoed | decided).items():
        yield check, "proposal", _one_of(its_words)
    for check, outcomes in settled.items():
        if len(outcomes) == 1 and check not in decided:
            yield check, "settled", next(iter(outcomes))


def _of_veto(case: CaseState, sets: tuple[Basis, ...], check: str) -> str:
    words = {basis.vetoes[check].decision for basis in sets if check in basis.vetoes}
    return _ruled(case, "veto", check) or _one_of(words)


def _settled_sets(its: RoundState, case: CaseState) -> tuple[Basis, ...]:
    """The ratings that a result rests on; of a calibration case all that are locked, if several."""
    if not case.drawn.calibration:
        return bases(its, case)
    rated = [Basis(s.number, s.rating.items, s.rating.vetoes) for s in case.rated if s.rating]
    return tuple(rated) if len(rated) > 1 else ()


def _one_of(decided: Iterable[str]) -> str:
    words = set(decided)
    return DISAGREED if len(words) > 1 else next(iter(words), "")


def _ruled(case: CaseState, criterion: str, check: str) -> str:
    """What the answer to the unit's reply says: a fault that only weighs less was a fault."""
    answer = case.answer.body if case.answer else None
    if not isinstance(answer, e.ReplyAnswered):
        return ""
    ruling = answer.items.get(f"{criterion}/{check}")
    if ruling is None:
        return ""
    return "overturned" if ruling.decision == "withdrawn" else "confirmed"


def of_rules(state: State, rules: dict[str, str]) -> dict[str, Measured]:
    """Of each check what was measured under the rule that it has now."""
    return {check: one for (check, rule), one in measured(state).items()
            if rules.get(check) == rule}  # fmt: skip


def precision_frame(state: State) -> pd.DataFrame:
    """A row a check and rule, those with most overturned first."""
    import pandas as pd

    rows = [one.row() for one in measured(state).values()]
    rows.sort(key=lambda row: (-row["overturned"], row["check_id"], row["rule"]))
    columns = list(Measured("", "", "", "").row())
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"precision": "Float64", "low": "Float64", "high": "Float64"})


def label(language: Language) -> str:
    """What the precision is called."""
    return str(_words()["label"][language])


def sentence(one: Measured | None, language: Language) -> str:
    """What was measured of a check, as a reader of its page is told.

    >>> sentence(None, "en")
    'nobody has looked at its proposals yet'
    """
    words = _words()
    if one is None or not (one.counts or one.settled):
        return str(words["unmeasured"][language])
    row = one.row()
    shares = {n: f"{row[n]:.1%}" for n in ("precision", "low", "high") if row[n] is not None}
    text = str(words["few" if one.few else "measured"][language]).format(**(row | shares))
    if row["disagreed"]:
        text += str(words["disagreed"][language]).format(**row)
    if one.settled:
        counts = {"passed": row["settled_passed"], "failed": row["settled_failed"],
                  "none": row["settled_not_applicable"]}  # fmt: skip
        text += str(words["settled"][language]).format(**counts)
    return text


@cache
def _words() -> dict[str, Any]:
    return dict(read_words(Path(__file__).with_name("precision_words.yaml")))
