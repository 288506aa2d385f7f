"""Templates of the desk: every text put into one is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from workbench import dashboards, display
from workbench.desk.files_panel import panel_style
from workbench.display import Html
from workbench.points import written

ROOM = Path(__file__).parent
_SHARED = Path(dashboards.__file__).parent
_STYLES = ("desk.css", "form.css", "steps.css")


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader([room / "templates" for room in (ROOM, _SHARED)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["points"] = points
    return made


def fill(template: str, **values: Any) -> Html:
    """A filled template, as HTML that is not escaped again."""
    return Html(_environment().get_template(template).render(**values))


def points(value: float | None) -> str:
    """Points as people write them; a dash for none.

    >>> points(41.5), points(10.0), points(None)
    ('41.5', '10', '—')
    """
    return written(float(value)) if value is not None else display.NOTHING


@cache
def style() -> Html:
    """The style sheet of every page: the house's, the case's, the dashboards' and the desk's."""
    from workbench.reports import case_page

    files = [
        Path(display.__file__).with_name("display.css"),
        Path(case_page.__file__).with_name("case_page.css"),
        _SHARED / "page.css",
        *(ROOM / name for name in _STYLES),
    ]
    sheets = [*(file.read_text("utf-8") for file in files), panel_style()]
    return Html("\n".join(sheets))


@dataclass(frozen=True)
class View:
    """The middle of a page: HTML and a title. `wide`: it takes the whole width of the window."""

    html: Html
    title: str
    wide: bool = False
