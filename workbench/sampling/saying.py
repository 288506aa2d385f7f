"""What a draw says to people, zh / en: for a terminal and a notebook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workbench.display import count, percent, rate, text_width
from workbench.sampling.allocation import at_least
from workbench.sampling.plan import CROSSES, Plan
from workbench.sampling.population import ALL, FAILED, GRADE, NOTHING
from workbench.sampling.sizes import rate as as_rate
from workbench.sampling.sizes import sample_size
from workbench.sampling.source import SampledRun
from workbench.sampling.tables import words
from workbench.texts import Language

if TYPE_CHECKING:
    from workbench.sampling.against import AgainstPopulation

_COMMA = {"zh": "，", "en": ", "}
_LIST = {"zh": "、", "en": ", "}


def sample_text(
    record: Mapping[str, Any], plan: Plan, run: SampledRun | None, language: Language
) -> str:
    """The draw: from what, how many, how, by strata and by reviewer."""
    page = _Page(record, plan, run, language)
    return "\n".join([*page.head(), "", *page.strata(), *page.reviewers(), *page.notes()])


def size_text(
    confidence: object, tolerable: object, expected: object, population: int | None,
    language: Language,
) -> str:  # fmt: skip
    """How many cases an attribute sample takes, in a sentence.

    >>> size_text("0.95", "0.05", "0.01", None, "en").split(": ")[1]
    '93 cases, of which no more than 1 may deviate.'
    """
    n = sample_size(confidence, tolerable, expected, population)
    return str(words()["size"]["said"][language]).format(
        confidence=as_percent(confidence), tolerable=as_percent(tolerable),
        expected=as_percent(expected), n=count(n),
        k=count(at_least(as_rate(expected, "expected"), n)),
    )  # fmt: skip


def as_percent(share: object) -> str:
    """A share that somebody gave, with the digits it needs.

    >>> as_percent("0.05"), as_percent(0.125)
    ('5%', '12.5%')
    """
    return f"{float(Fraction(str(share)) * 100):.10g}%"


class _Page:
    def __init__(
        self, record: Mapping[str, Any], plan: Plan, run: SampledRun | None, language: Language
    ):
        self.record, self.plan, self.run, self.language = record, plan, run, language

    def say(self, word: str, **values: object) -> str:
        return str(words()["draw"][word][self.language]).format(**values)

    def head(self) -> Iterator[str]:
        population, of = self.record["population"], self.record["run"]
        drawn = len(self.record["draw"])
        yield self.say("title", cases=count(population["cases"]), drawn=count(drawn),
                       share=percent(drawn / population["cases"]))  # fmt: skip
        yield self.say("run", run=of["run_id"] or self.say("unsaved"), as_of=of["as_of"])
        yield self.population()
        yield self.method()
        yield self.size()
        if self.plan.cross:
            kind = self.say(f"kind_{self.plan.cross}")
            yield self.say("cross", kind=kind, each=self.plan.each)
        yield self.say("seed", seed=self.plan.seed, hash=population["sha256"])

    def population(self) -> str:
        if not self.plan.where:
            return self.say("every")
        told = [
            f"{self.column(c.column)} {c.operator} "
            + (_LIST[self.language].join(self.value(c.column, v) for v in c.values)
               or self.say("nothing"))
            for c in self.plan.where
        ]  # fmt: skip
        left_out = count(self.record["population"]["left_out"])
        return self.say("population", where=self.say("and").join(told), left_out=left_out)

    def method(self) -> str:
        by = _LIST[self.language].join(map(self.column, self.plan.by))
        if not self.plan.risk:
            return self.say(self.plan.method, by=by)
        named = self.plan.risk if self.plan.risk in (FAILED, GRADE) else "column"
        risk = self.say(f"risk_{named}", column=self.column(self.plan.risk))
        if self.plan.risk == GRADE:
            said = words()["grades"]
            points = [f"{said[grade][self.language]} {n}" for grade, n in self.plan.grades]
            shown = _LIST[self.language].join(points)
            risk += f"（{shown}）" if self.language == "zh" else f" ({shown})"
        return self.say("risk", risk=risk) + (self.say("risk_by", by=by) if by else "")

    def size(self) -> str:
        plan = self.plan
        if plan.take:
            return self.say("asked_take")
        if plan.percent is not None:
            told = self.say("asked_percent", percent=plan.percent)
        elif plan.tolerable is not None:
            told = self.say("asked_tolerable", confidence=as_percent(plan.confidence),
                            tolerable=as_percent(plan.tolerable),
                            expected=as_percent(plan.expected))  # fmt: skip
        else:
            asked = "asked_each" if plan.allocation == "each" else "asked_count"
            told = self.say(asked, count=count(plan.count))
        parts = [told, *([self.say(plan.allocation)] if plan.by else [])]
        if plan.minimum > bool(plan.by):
            parts.append(self.say("minimum" if plan.by else "minimum_all", n=plan.minimum))
        return _COMMA[self.language].join(parts)

    def strata(self) -> list[str]:
        sizes: dict[str, list[int]] = {}
        names: dict[str, str] = {}
        for one in self.record["strata"]:
            both = sizes.setdefault(one["stratum"], [0, 0])
            both[0] += one["cases"]
            both[1] += one["drawn"]
            shown = [self.value(c, v) for c, v in zip(self.plan.by, one["values"], strict=False)]
            names[one["stratum"]] = " / ".join(shown) or self.say("all")
        if list(sizes) == [ALL]:
            return []
        head = [self.say(word) for word in ("stratum", "cases", "drawn", "share")]
        rows = [
            [names[name], count(cases), count(drawn), percent(drawn / cases)]
            for name, (cases, drawn) in sizes.items()
        ]
        return [*as_table(head, rows), ""]

    def reviewers(self) -> list[str]:
        if not self.plan.cross:
            return []
        files = Counter(name for one in self.record["draw"] for name in one["reviewers"])
        named = self.names(CROSSES[self.plan.cross]) if not self.plan.reviewers else {}
        roster = {name: 0 for name, _ in self.plan.reviewers} | files
        rows = [[str(named.get(name, name)), count(n)] for name, n in sorted(roster.items())]
        return [*as_table([self.say("reviewer"), self.say("files")], rows), ""]

    def notes(self) -> Iterator[str]:
        cases: dict[str, int] = {}
        drawn: Counter[str] = Counter()
        for one in self.record["strata"]:
            cases[one["stratum"]] = cases.get(one["stratum"], 0) + one["cases"]
            drawn[one["stratum"]] += one["drawn"]
        if unseen := [n for stratum, n in cases.items() if not drawn[stratum]]:
            yield self.say("unseen", n=len(unseen), cases=count(sum(unseen)))
        if self.plan.tolerable is not None and (self.plan.by or self.plan.risk):
            yield self.say("sums")

    def column(self, name: str) -> str:
        if self.run is None:
            return name
        known = self.run.checks
        if name in known["checks"]:
            return str(known["checks"][name]["title"][self.language])
        labels = known["labels"].get("cases", {}).get("columns", {})
        return str(labels.get(name, {}).get(self.language, name))

    def value(self, column: str, value: str | None) -> str:
        if value is None:
            return NOTHING
        if named := self.names(column).get(value):
            return named
        return str(self.run.words(value, self.language)) if self.run else value

    def names(self, column: str) -> dict[str, str]:
        if self.run is None:
            return {}
        return {"unit_id": self.run.unit_names, "organ_id": self.run.organ_names}.get(column, {})


def against_rows(
    found: AgainstPopulation, language: Language
) -> tuple[list[str], list[list[str]], str]:
    """The head, the rows and the note of the comparison."""
    said = {k: v[language] for k, v in words()["against"].items()}
    sure = as_percent(found.confidence)
    head = [said["check"], said["population"], said["sample"], said["estimate"],
            said["interval"].format(confidence=sure), said["inside"]]  # fmt: skip
    rows = []
    for one in found.frame.to_dict("records"):
        some = bool(one["sample_decided"])
        rows.append([
            str(found.run.checks["checks"][one["check_id"]]["title"][language]),
            rate(one["population_failed"], one["population_decided"],
                 one["population_cannot_tell"], language),
            rate(one["sample_failed"], one["sample_decided"]),
            percent(min(one["estimate"], 1.0)) if some else said["undecided"],
            f"{percent(one['low'])} – {percent(one['high'])}" if some else said["undecided"],
            said["yes" if one["inside"] else "no"] if some else said["undecided"],
        ])  # fmt: skip
    missed = -(-found.compared * (1 - found.confidence) // 1)
    note = said["note"].format(compared=count(found.compared), inside=count(found.inside),
                               confidence=sure, expected=int(missed))  # fmt: skip
    return head, rows, note


def against_text(found: AgainstPopulation, language: Language) -> str:
    """The comparison as text."""
    head, rows, note = against_rows(found, language)
    return "\n".join([*as_table(head, rows), "", note])


def as_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table: the first column to the left, the others to the right.

    >>> as_table(["层", "件"], [["a", "12"]])
    ['层  件', 'a   12']
    """
    widths = [max(map(text_width, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(
            (cell + " " * gap) if not at else (" " * gap + cell)
            for at, cell in enumerate(row)
            for gap in [widths[at] - text_width(cell)]
        ).rstrip()
        for row in (head, *rows)
    ]
