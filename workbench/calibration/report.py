"""The figures as a document in Markdown: whoever reads it sees what was asked and what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workbench.calibration import design
from workbench.signals import dispersion

_HERE = Path(__file__).parent
_TEMPLATE = "calibration.md.j2"


def settings() -> dict[str, Any]:
    """Everything that the figures depend on; a test compares it with what was published."""
    return {
        "seed": design.SEED, "units": design.UNITS, "checks": design.CHECKS,
        "planted": design.PLANTED, "base_rate": design.BASE_RATE, "level": design.LEVEL,
        "minimum": design.MINIMUM, "least": design.LEAST, "most": design.MOST,
        "standard_error": design.STANDARD_ERROR, "null_replications": design.NULL_REPLICATIONS,
        "largest_sigma": dispersion.LARGEST, "strays": list(dispersion.STRAYS),
    }  # fmt: skip


def requirements(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """What must hold, with what came out; `kind`: power, false (the worst cell of the surface),
    null (the worst of the null bureaux)."""
    by_name = {row["name"]: row for row in figures["bureaux"]}
    found = [
        _required("power", by_name[f"surface/{w.rho:g}/{w.ratio:g}/{w.n}"], "power", design.FOUND)
        for w in design.WANTED
    ]
    surface = [row for name, row in by_name.items() if name.startswith("surface/")]
    nulls = [row for name, row in by_name.items() if name.startswith("null/")]
    worst = max(surface, key=lambda row: row["false"][0])
    wrong = max(nulls, key=lambda row: row["any"][0])
    found.append(_required("false", worst, "false", design.MOST_FALSE))
    found.append(_required("null", wrong, "any", design.MOST_NULL))
    return found


def _required(kind: str, row: dict[str, Any], figure: str, bound: float) -> dict[str, Any]:
    value = row[figure]
    met = value[0] >= bound if kind == "power" else value[0] <= bound
    return {"kind": kind, "bound": bound, "value": value, "met": met,
            **{name: row[name] for name in ("ratio", "n", "rho", "replications")}}  # fmt: skip


def write(figures: dict[str, Any]) -> str:
    """The document. The same figures give the same text."""
    import yaml
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    pages = Environment(
        loader=FileSystemLoader(_HERE), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, autoescape=False,  # noqa: S701  Markdown
    )  # fmt: skip
    pages.filters.update(percent=percent, ends=ends, power=power, number=number)
    words = yaml.safe_load((_HERE / "calibration_words.yaml").read_text("utf-8"))
    rows = {row["name"]: row for row in figures["bureaux"]}
    text = pages.get_template(_TEMPLATE).render(
        settings=figures["settings"], rows=rows, controls=figures["controls"], words=words,
        required=requirements(figures), design=design, hard=_hard(rows, words["hard"]),
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _hard(rows: dict[str, Any], words: dict[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """What each hard bureau is, in words, and its figures."""
    return [
        (words[b.name.split("/")[0]].format(**b._asdict()), rows[b.name]) for b in design.hard()
    ]


def percent(share: float) -> str:
    """
    >>> percent(0.0234), percent(1.0)
    ('2.3 %', '100.0 %')
    """
    return f"{100 * share:.1f} %"


def ends(value: list[float]) -> str:
    """A share and its interval, in per cent.

    >>> ends([0.0234, 0.01, 0.0312])
    '2.3 % (1.0 to 3.1)'
    """
    return f"{percent(value[0])} ({100 * value[1]:.1f} to {100 * value[2]:.1f})"


def power(value: list[float]) -> str:
    """
    >>> power([0.0234, 0.01, 0.0312]), power([0.97, 0.96, 0.98])
    ('not detectable (2.3 %)', '97.0 % (96.0 to 98.0)')
    """
    if value[0] < design.UNDETECTABLE:
        return f"not detectable ({percent(value[0])})"
    return ends(value)


def number(value: float) -> str:
    """
    >>> number(2.0), number(0.003)
    ('2', '0.003')
    """
    return f"{value:g}"
