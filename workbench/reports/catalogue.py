"""The check catalogue of a pack as Markdown: the manual, made of what the checks are made of.

One page a topic and an index, in one language. Nothing here is written by hand: rules, clauses
and examples are those that the product runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.conditions import Condition, Predicate
from workbench.display import Language
from workbench.engines.sql import node_sql
from workbench.facts import deciding_columns
from workbench.pack.examples import Example, read_examples
from workbench.pack.model import Pack
from workbench.reports.catalogue_rubrics import rubrics_page
from workbench.reports.report_words import LANGUAGES, Words
from workbench.suites import Check

BOOK = Path(__file__).with_name("catalogue_words.yaml")


def write_catalogue(pack: Pack, folder: Path) -> list[Path]:
    """Write `<folder>/<language>/<topic>.md` and `index.md`; pages of no topic are removed.

    >>> write_catalogue(pack, Path("docs/checks"))   # doctest: +SKIP
    """
    written = []
    for language in LANGUAGES:
        pages = catalogue(pack, language)
        place = folder / language
        place.mkdir(parents=True, exist_ok=True)
        for stale in set(place.glob("*.md")) - {place / name for name in pages}:
            stale.unlink()
        for name, text in pages.items():
            (place / name).write_text(text, "utf-8", newline="\n")
            written.append(place / name)
    return written


def catalogue(pack: Pack, language: Language) -> dict[str, str]:
    """The pages by file name: `index.md`, `<topic>.md` for each topic with checks, `rubrics.md`."""
    examples: dict[str, list[Example]] = {}
    for example in read_examples(pack)[0]:
        examples.setdefault(example.check, []).append(example)
    topics: dict[str, list[Check]] = {}
    for check in pack.checks.values():
        topics.setdefault(check.topic, []).append(check)
    book = _Book(pack, language, examples)
    pages = {f"{topic}.md": "\n".join(book.topic(topic, topics[topic])) for topic in sorted(topics)}
    if pack.rubrics:
        pages["rubrics.md"] = "\n".join(rubrics_page(pack, language))
    return {"index.md": "\n".join(book.index(topics)), **pages}


@dataclass(frozen=True)
class _Book:
    """Writes the pages of one pack in one language."""

    pack: Pack
    language: Language
    examples: Mapping[str, list[Example]]

    @property
    def words(self) -> Words:
        return Words(self.language, BOOK)

    def index(self, topics: Mapping[str, list[Check]]) -> Iterator[str]:
        words = self.words
        yield f"# {self.pack.title.get(self.language, self.pack.id)} · {words('catalogue')}\n"
        number = sum(map(len, self.examples.values()))
        counts = words("number", checks=len(self.pack.checks), examples=number)
        yield f"{words('made')} `{self.pack.id}` {self.pack.version}. {counts}\n"
        if self.pack.rubrics:
            yield f"[{words('rubrics')}](rubrics.md)\n"
        for topic, checks in sorted(topics.items()):
            yield f"## [{self.pack.topic(topic, self.language)}]({topic}.md)\n"
            yield f"| {words('check')} | {words('title')} | {words('grade')} |\n|---|---|---|"
            for check in checks:
                title = _cell(self.text(check, "title"))
                link = f"[`{check.id}`]({topic}.md#{check.id})"
                yield f"| {link} | {title} | {self.grade(check)} |"
            yield ""

    def topic(self, topic: str, checks: list[Check]) -> Iterator[str]:
        yield f"# {self.pack.topic(topic, self.language)}\n\n{self.words('made')}\n"
        for check in checks:
            yield from self.check(check)

    def check(self, check: Check) -> Iterator[str]:
        words = self.words
        yield f'<a id="{check.id}"></a>\n\n## {self.text(check, "title")}\n'
        yield f"`{check.id}` · {self.grade(check)}\n"
        for name, text in self.about(check).items():
            if text:
                yield f"- **{words(name)}**: {text}"
        if examples := self.examples.get(check.id):
            yield f"\n**{words('examples_of')}**\n"
            yield from (f"- {self.example(example)}" for example in examples)
        yield ""

    def about(self, check: Check) -> dict[str, str]:
        """What is said of a check, in reading order; the rule is written in the pack's language."""
        rule = self.text(check, "rule") or str(check.entry.get("description", ""))
        condition = check.row_condition
        population = [self.text(check, "population"), _code(condition) if condition else ""]
        duty = self.pack.duties.get(check.duty or "", {})
        return {
            "rule": rule,
            "subject": self.pack.assets[check.asset].title.get(self.language, check.asset),
            "population": " · ".join(filter(None, population)),
            "predicate": _code(check.predicate),
            "clause": check.clause or "",
            "needs": self.words.listed([self.label(need) for need in check.needs]),
            "records": self.records(check),
            "remedy": self.text(check, "remedy"),
            "duty": duty.get(self.language, ""),
        }

    def text(self, check: Check, part: str) -> str:
        texts = (self.pack.texts.get("checks") or {}).get(check.id) or {}
        return str((texts.get(part) or {}).get(self.language) or "")

    def grade(self, check: Check) -> str:
        parts = [self.words(f"grade_{check.effective_grade.value}")]
        parts += [self.words("may_veto")] if check.veto and check.verified else []
        parts += [] if check.verified else [self.words("unverified")]
        return " · ".join(parts)

    def label(self, name: str) -> str:
        """`table` or `table.column` as people read it."""
        table, _, column = name.partition(".")
        title = self.pack.schema.tables[table].title[self.language]
        known = self.pack.schema.column(table, column)
        return f"{title} / {known.label[self.language]}" if known else str(title)

    def records(self, check: Check) -> str:
        """The tables with the columns whose delivery decides the check."""
        found: dict[str, list[str]] = {}
        for name in deciding_columns(self.pack, check.asset, check.columns):
            table, _, column = name.partition("__")
            known = self.pack.schema.column(table, column)
            label = known.label[self.language] if known else column
            found.setdefault(self.label(table), []).append(label)
        words = self.words
        parts = (words("columns", table=t, columns=words.listed(c)) for t, c in found.items())
        return "; ".join(parts)

    def example(self, example: Example) -> str:
        words = self.words
        outcomes = [
            words("of_subject", subject=subject, outcome=words(outcome.name))
            if subject
            else words(outcome.name)
            for subject, outcome in example.expect.items()
        ]
        row = words("ambiguity", row=str(example.row)) if example.row else ""
        return f"{_cell(example.name)}{row} → {words.listed(outcomes)}"


def _code(node: Predicate | Condition) -> str:
    return f"`{node_sql(node)}`".replace('"', "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
