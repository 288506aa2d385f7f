"""The rubrics of a pack as Markdown: what is rated, by whom, for what points, on what ground."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workbench.display import Language, number
from workbench.pack.model import Pack
from workbench.pack.rubric_files import weight_of
from workbench.reports.report_words import Words
from workbench.rubrics import Criterion, Listed, Rubric

BOOK = Path(__file__).with_name("catalogue_words.yaml")


def rubrics_page(pack: Pack, language: Language) -> Iterator[str]:
    """The lines of `rubrics.md`, those first that kinds of cases are scored by."""
    words = Words(language, BOOK)
    yield f"# {words('rubrics')}\n\n{words('made')}\n"
    used = [name for names in pack.rubric_for.values() for name in names]
    for name in dict.fromkeys([*used, *pack.rubrics]):
        yield from _rubric(pack, pack.rubrics[name], words)


def _rubric(pack: Pack, rubric: Rubric, words: Words) -> Iterator[str]:
    language = words.language
    yield f'<a id="{rubric.id}"></a>\n\n## {rubric.title[language]}\n'
    yield f"`{rubric.id}` {rubric.version} · {words(f'base_{rubric.base}')}\n"
    for key, text in _about(pack, rubric, words).items():
        if text:
            yield f"- **{words(key)}**: {text}"
    heads = [words(name) for name in ("criterion", "maximum", "decided_by", "clause")]
    yield f"\n| {' | '.join(heads)} |"
    yield "|---|---|---|---|"
    for criterion in rubric.criteria:
        cells = [criterion.title[language], _maximum(criterion, words),
                 _decided_by(pack, criterion, words), criterion.source]  # fmt: skip
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    yield ""
    if rubric.vetoes:
        yield f"**{words('vetoes')}**\n"
        for veto in rubric.vetoes:
            found = words.listed([_link(pack, check) for check in veto.checks])
            by = found or words("by_question")
            yield words("veto_line", title=veto.title[language], source=veto.source, by=by)
        yield ""


def _about(pack: Pack, rubric: Rubric, words: Words) -> dict[str, str]:
    """What is said of a rubric, in reading order."""
    language = words.language
    kinds = pack.schema.tables["cases"].columns["kind"].codes
    scored = [kind for kind, names in pack.rubric_for.items() if rubric.id in names]
    bands = [words("from_points", band=b.title[language], points=number(b.floor))
             for b in rubric.bands]  # fmt: skip
    weights = [f"{a.title[language]} {number(100 * a.weight)}%" for a in rubric.appraisals]
    return {
        "scores_kinds": words.listed([kinds.get(k, {}).get(language, k) for k in scored]),
        "source": rubric.source,
        "ours": rubric.ours.get(language, ""),
        "bands": words.listed(bands),
        "appraisals": words.listed(weights),
        "veto_effect": words(f"veto_{rubric.veto_effect}") if rubric.level == "case" else "",
        "absent_item": words(f"absent_{rubric.absent_item}"),
    }


def _maximum(criterion: Criterion, words: Words) -> str:
    points = number(criterion.maximum)
    return words("taken_directly", points=points) if criterion.direct else points


def _decided_by(pack: Pack, criterion: Criterion, words: Words) -> str:
    """Checks with their points, or that a person rates it."""
    checks = [_weighed(pack, listed, words) for listed in criterion.listed]
    if criterion.measure and not criterion.listed:
        return words(f"measure_{criterion.measure}")
    if criterion.measure:
        return words.listed([_link(pack, check) for check in criterion.checks])
    by = words(f"mode_{criterion.mode}")
    return words("by_checks", by=by, checks=words.listed(checks)) if checks else by


def _weighed(pack: Pack, listed: Listed, words: Words) -> str:
    points, _ = weight_of(pack.checks[listed.check], listed)
    return f"{_link(pack, listed.check)} {number(points.largest)}"


def _link(pack: Pack, check: str) -> str:
    return f"[`{check}`]({pack.checks[check].topic}.md#{check})"
