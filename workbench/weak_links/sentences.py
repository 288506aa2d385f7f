"""What is said of a link in words: what, where, since when, how sure, how much, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workbench.pack import Pack
from workbench.texts import LANGUAGES, Language
from workbench.weak_links.states import IMPROVING, LASTING, RESOLVED, TOO_FEW
from workbench.weak_links.words import said

Row = Mapping[str, Any]
_SMALLEST = 0.0001


@dataclass(frozen=True)
class Speaker:
    """Says rows of `weak_links` in one language; `names` are those of the units, by id.

    `level`: the share of false links that is put up with. `titles` and what else the pack says of
    a check are looked up once for each check.
    """

    pack: Pack
    names: Mapping[str, str]
    language: Language
    level: float

    def sentence(self, row: Row) -> str:
        """One row of any family, as people read it."""
        values = self._values(row)
        if row["family"] != "unit":
            return self._said(row["family"], **values, sure=self._sure(row))
        found, waiting = self._of_a_unit(row, values), int(row["n"] - row["signal_n"])
        if not waiting or row["state"] == TOO_FEW:
            return found
        return _spaced(found, self._said("open_months", n=waiting), self.language)

    def _of_a_unit(self, row: Row, values: dict[str, Any]) -> str:
        state = row["state"]
        if state == TOO_FEW:
            return self._too_few(row, values)
        if row["q"] is None:
            return self._said("alone", **values)
        if row["flagged"]:
            since = self._said("since_month", month=row["since"]) if row["since"] else (
                self._said("since_all"))  # fmt: skip
            found = self._said("weak", **values, since=since, sure=self._sure(row))
            return _spaced(found, self._said("state_is", state=self._said(state)), self.language)
        if state in (RESOLVED, IMPROVING, LASTING):
            return self._said(f"is_{state}", **values, before=_percent(row["before"]))
        return self._said("usual", **values, detectable=self._detectable(row))

    def _too_few(self, row: Row, values: dict[str, Any]) -> str:
        if row["n"] == row["signal_n"]:
            return self._said("few", **values)
        return self._said("few_closed", **{**values, "n": row["n"], "closed": row["signal_n"]})

    def action(self, row: Row) -> str:
        """What to do about a link: who answers for it, the remedy, the cases to look at first, what
        would be gained, the clause."""
        check, language = self.pack.checks[row["check_id"]], self.language
        duty = self.pack.duties.get(check.duty or "", {}).get(language, "")
        remedy = self.pack.text(check.id, "remedy", language)
        remedy = "" if remedy == check.id else remedy  # the pack says nothing
        cases = row["cases"].split(";") if row["cases"] else []
        gap = "" if language == "zh" else " "
        return self._said(
            "do",
            duty=self._said("duty_is", duty=duty) if duty else "",
            remedy=_ended(self._said("remedy_is", remedy=remedy), language) + gap if remedy else (
                self._said("remedy_none") + gap),
            first=self._said("first_cases", n=len(cases), cases=_listed(cases, language))
            if cases else "",
            without=self._without(row),
            clause=check.clause,
            unverified="" if check.verified else self._said("unverified"),
        )  # fmt: skip

    def _without(self, row: Row) -> str:
        if row["coverage"] is None or row["family"] == "trend":
            return ""
        of_unit = row["family"] == "unit"
        usual = "usual_target" if of_unit and self._target(row) else (
            "usual_others" if of_unit else "usual_rest")  # fmt: skip
        now, then = (f"{row[name]:.2%}" for name in ("coverage", "coverage_without"))
        if now == then:  # one of very many: nothing to see
            return ""
        system = self._system(row)
        return self._said("without", usual=self._said(usual), system=system, now=now, then=then)

    def _system(self, row: Row) -> str:
        """The system of the check, or else its topic: what `coverage` is the coverage of."""
        topic = self.pack.checks[row["check_id"]].topic
        its = next((s for s in self.pack.systems if topic in s.topics), None)
        return str(its.title[self.language]) if its else self.pack.topic(topic, self.language)

    def _values(self, row: Row) -> dict[str, Any]:
        against = _percent(row["against"])
        if row["family"] == "unit":
            to_what = "against_target" if self._target(row) else "against_others"
            against = _phrase(to_what, self.language, against)
        return {
            "unit": self.names.get(row["unit_id"], row["unit_id"]),
            "check": self.pack.text(row["check_id"], "title", self.language),
            "kind": self.pack.word(row["kind"], self.language) if row["kind"] else "",
            "month": row["period"],
            "n": int(row["signal_n"]), "failed": int(row["signal_failed"]),
            "rate": _percent(row["signal_rate"]), "low": _percent(row["signal_low"]),
            "high": _percent(row["signal_high"]),
            "against": against,
            "excess": "" if row["excess"] is None else _failures(row["excess"]),
        }  # fmt: skip

    def _target(self, row: Row) -> bool:
        return row["check_id"] in self.pack.signals.targets

    def _sure(self, row: Row) -> str:
        key = "sure_rise" if row["family"] == "trend" else "sure"
        return self._said(key, p=_bound(row["p"]), q=f"{self.level:.0%}")

    def _detectable(self, row: Row) -> str:
        rate = row["detectable"]
        if rate is None:
            return _phrase("not_detectable", self.language)
        return _phrase("detectable", self.language, _percent(rate))

    def _said(self, key: str, **values: object) -> str:
        return said(key, self.language, **values)


def _failures(count: float) -> str:
    """So many failures too many, no finer than one can know it."""
    return f"{count:.0f}" if count >= 10 else f"{count:.1f}"


@lru_cache(20_000)
def _phrase(key: str, language: Language, rate: str = "") -> str:
    """A part of a sentence that many sentences have in common."""
    return said(key, language, rate=rate)


def speakers(pack: Pack, names: Mapping[str, str], level: float) -> list[Speaker]:
    """One for each language."""
    return [Speaker(pack, names, language, level) for language in LANGUAGES]


def _percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate:.1%}"


def _bound(p: float) -> str:
    """An upper bound that reads well: 0.003 is less than 1 %, 0.0004 less than 0.1 %.

    >>> _bound(0.003), _bound(0.0004), _bound(1e-9)
    ('1%', '0.1%', '0.01%')
    """
    for bound, text in ((_SMALLEST, "0.01%"), (0.001, "0.1%"), (0.01, "1%")):
        if p < bound:
            return text
    return "5%"


def _ended(text: str, language: Language) -> str:
    ends = "。！？.!?"
    return text if text[-1:] in ends else text + ("。" if language == "zh" else ".")


def _listed(items: list[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(items)


def _spaced(one: str, other: str, language: Language) -> str:
    return one + ("" if language == "zh" else " ") + other
