"""The home page: which runs there are, how they came out, and where to go from here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import yaml
from tornado.web import authenticated

from workbench import __version__, display
from workbench.dashboards.home_runs import RunEntry, find_runs, system_rates
from workbench.dashboards.server_handlers import RUN_FILES, Page
from workbench.terms import InputError
from workbench.texts import LANGUAGES, Language, shown_language

if TYPE_CHECKING:
    from workbench.reports.summary import SystemRate

WITH_RATES = 20  # of the newest runs the systems' rates are counted
SHOWN = 100
LARGE = 4  # so many packs are shown large


class Home(Page):
    """`/`: made anew at each call, without a kernel and without a script."""

    @authenticated
    async def get(self) -> None:
        """The page; the files are read beside the loop, so that no dashboard waits for them."""
        server = self.server
        wanted = self.get_argument("lang", "")
        page = await asyncio.to_thread(view, server.runs, Path(server.root_dir), wanted)
        self.set_header("Cache-Control", "no-store")
        self.finish(self.render_template("home.html", **page))


@cache
def _texts() -> dict[str, Any]:
    path = Path(__file__).with_name("home_words.yaml")
    texts: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return texts


@dataclass(frozen=True)
class Words:
    """The words of one language.

    >>> Words("en")("cut", total=3, shown=2)
    'The newest 2 of 3 runs.'
    """

    language: Language

    def __call__(self, key: str, **values: object) -> str:
        """The text `key`; whole numbers get their thousands marked."""
        shown = {k: display.count(v) if isinstance(v, int) else v for k, v in values.items()}
        return str(_texts()[key][self.language]).format(**shown)

    def dashboard(self, name: str) -> str:
        """What a dashboard is called; one that we do not know has the name of its file."""
        title: str = display.text_of(_texts()["dashboards"].get(name, {"en": name}), self.language)
        return title


def view(runs: Path, dashboards: Path, wanted: str = "") -> dict[str, Any]:
    """Everything the template shows. `wanted` is a language, or anything for the usual one."""
    entries = find_runs(runs)
    language = _language(wanted, entries)
    words = Words(language)
    doors = sorted(path.stem for path in dashboards.glob("*.ipynb"))
    good, broken = [], [_fault(e, words) for e in entries if e.fault]
    whole = [e for e in entries if not e.fault]
    for at, entry in enumerate(whole[:SHOWN]):
        try:
            rates = system_rates(entry) if at < WITH_RATES else ()
        except (InputError, OSError):  # one run that went bad hides no other
            broken.append({"name": entry.name, "fault": words("unknown")})
            continue
        good.append(_run(entry, rates, doors, words))
    first = _first_of_each_pack(good)
    return {
        "words": words,
        "language": language,
        "other": next(name for name in LANGUAGES if name != language),
        "newest": first,
        "earlier": [run for run in good if run not in first],
        "cut": words("cut", shown=SHOWN, total=len(whole)) if len(whole) > SHOWN else "",
        "broken": broken,
        "folder": str(runs.resolve()),
        "there": runs.is_dir(),
        "command": words("own_command", folder=_quoted(runs)),
        "version": __version__,
    }


def _language(wanted: str, entries: list[RunEntry]) -> Language:
    """The language asked for, or else the system's, or else that of the newest run's pack."""
    of_pack = (
        str(entries[0].manifest["pack"]["language"]) if entries and not entries[0].fault else ""
    )
    return shown_language(of_pack, wanted if wanted in LANGUAGES else None)


def _first_of_each_pack(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest run of each pack: a second pack does not push the first into the small print."""
    found: dict[str, dict[str, Any]] = {}
    for run in runs:
        found.setdefault(run["pack"], run)
    return list(found.values())[:LARGE]


def _quoted(path: Path) -> str:
    """A path as it can be typed behind `--out`."""
    text = str(path)
    return f'"{text}"' if " " in text else text


def _fault(entry: RunEntry, words: Words) -> dict[str, str]:
    return {"name": entry.name, "fault": words(entry.fault, file=entry.file)}


def _run(
    entry: RunEntry, rates: tuple[SystemRate, ...], doors: list[str], words: Words
) -> dict[str, Any]:
    manifest, language = entry.manifest, words.language
    start, end = (display.day(date.fromisoformat(d), language) for d in manifest["period"])
    made = entry.made_at
    return {
        "name": entry.name,
        "pack": str(manifest["pack"]["id"]),
        "title": display.text_of(manifest["pack"]["title"], language),
        "as_of": display.day(date.fromisoformat(manifest["as_of"]), language),
        "period": words("range", start=start, end=end),
        "made": display.day(made.replace(tzinfo=None) if made else None, language),
        "cases": display.count(manifest["assets"]["cases"]),
        "findings": display.count(entry.findings),
        "rates": [_rate(rate, words) for rate in rates],
        "doors": [
            {"title": words.dashboard(door), "address": _address(door, entry.name, language)}
            for door in doors
        ],
        "files": [
            {"title": words(word), "address": f"/runs/{quote(entry.name, safe='')}/{file}"}
            for file, word in zip(RUN_FILES, ("report", "workbook"), strict=True)
            if (entry.folder / file).is_file()
        ],
    }


def _address(door: str, run: str, language: Language) -> str:
    """Where a viewer is stands behind `#`, so the server renders one page for all of them."""
    return f"/voila/render/{quote(door)}.ipynb#{urlencode({'run': run, 'lang': language})}"


def _rate(rate: SystemRate, words: Words) -> Mapping[str, str]:
    """A rate never stands without its denominator, nor without what cannot be told."""
    title = display.text_of(rate.title, words.language)
    if rate.untested:
        return {
            "title": title,
            "percent": words("untested"),
            "beside": "",
            "width": "",
            "state": "y",
        }
    beside = [words("beside", passed=rate.passed, decided=rate.decided)]
    beside = beside if rate.decided else [words("undecided")]
    for key in ("cannot_tell", "not_yet_due"):
        if number := getattr(rate, key):
            beside.append(words(key, count=number))
    return {
        "title": title,
        "percent": display.percent(rate.rate),
        "beside": ("，" if words.language == "zh" else ", ").join(beside),
        "width": "" if rate.rate is None else f"{1 - rate.rate:.2%}",
        "state": "",
    }
