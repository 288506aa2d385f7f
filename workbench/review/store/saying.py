"""What verifying found, as sentences, zh / en."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from workbench.review.store.verifying import Remark, Verdict
from workbench.review.store.walking import About, Problem
from workbench.sources import read_words
from workbench.texts import Language

MOST = 50  # sentences on a screen


def problem_lines(verdict: Verdict, language: Language) -> Iterator[str]:
    """A sentence for each problem; of very many the first."""
    for problem in verdict.problems[:MOST]:
        yield problem_text(problem, language)
    if len(verdict.problems) > MOST:
        yield _say("verdict", "more", language, count=len(verdict.problems) - MOST)


def summary_lines(verdict: Verdict, language: Language) -> Iterator[str]:
    """The verdict, up to where it is borne out, and what it cannot know."""
    count = len(verdict.problems)
    kind = "wrong" if count else "whole" if verdict.entries else "empty"
    yield _say("verdict", kind, language, label=verdict.label, entries=verdict.entries,
               problems=count, problems_word="problems" if count > 1 else "problem")  # fmt: skip
    if head := verdict.head:
        yield _say("verdict", "id", language, store_id=verdict.store_id, seq=head.seq,
                   at=head.at, hash=head.hash)  # fmt: skip
    if verdict.covered and verdict.whole:
        yield _say("verdict", "covered", language, covered=verdict.covered, file=verdict.heads)
    for remark in verdict.remarks:
        yield remark_text(remark, language)


def problem_text(problem: Problem, language: Language) -> str:
    """Which entry, what is wrong, and what that probably means."""
    details = dict(problem.details)
    kind, about, count = problem.kind, problem.about, problem.count
    if about is not None:
        details["who"] = _who(about, count, language)
    if "first" in details:
        form = "run" if count > 1 else "one"
        details["numbers"] = _say("numbers", form, language, count=count, **problem.details)
    if kind == "damaged":
        details["before"], kind = about, kind if about else "damaged_all"
    elif kind == "moved" and about is not None:
        details["was"] = about.seq + details["shift"]
        details["was_last"] = details["was"] + count - 1
        kind = "moved_run" if count > 1 else kind
    elif kind == "rewritten" and details["first"] == details["last"]:
        kind = "rewritten_one"
    elif "before" in details and details["before"] is None:
        kind = {"missing": "missing_first", "cut_off": "cut_off_all"}[kind]
    for name in ("before", "after"):
        if isinstance(details.get(name), About):
            details[name] = _who(details[name], 1, language, inside=True)
    return _say("problem", kind, language, count=count, **details)


def remark_text(remark: Remark, language: Language) -> str:
    """A sentence that begins with "Note"."""
    details = dict(remark.details)
    if about := details.get("about"):
        details["who"] = _who(about, 1, language, inside=True)
    return _say("remark", remark.kind, language, **details)


def _who(about: About, count: int, language: Language, *, inside: bool = False) -> str:
    text = _say("who", "run" if count > 1 else "one", language, seq=about.seq,
                last=about.seq + count - 1, count=count, kind=about.kind, at=about.at,
                actor=about.actor)  # fmt: skip
    return text[0].lower() + text[1:] if inside else text


def _say(part: str, key: str, language: Language, /, **values: Any) -> str:
    template: str = _book()[part][key][language]
    return template.format(**values)


@cache
def _book() -> dict[str, Any]:
    return read_words(Path(__file__).with_name("words.yaml"))
