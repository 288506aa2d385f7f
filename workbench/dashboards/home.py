"""The home page: which runs there are, how they came out, and where to go from here."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from tornado.web import authenticated

from workbench import __version__, display
from workbench.dashboards.home_runs import RunEntry, find_runs, system_rates
from workbench.dashboards.server_handlers import RUN_FILES, Page
from workbench.shared_files import shared_folder
from workbench.sources import read_words
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
        browser = accepted(self.request.headers.get("Accept-Language", ""))
        page = await asyncio.to_thread(view, server.runs, Path(server.root_dir), wanted, browser)
        self.set_header("Cache-Control", "no-store")
        self.finish(self.render_template("home.html", **page))


def accepted(header: str) -> str:
    """The language of ours that a browser likes best, or nothing.

    >>> accepted("fr, en-GB;q=0.5, zh-CN;q=0.8"), accepted("de")
    ('zh', '')
    """
    liked: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        try:
            liked.setdefault(name.strip().split("-")[0], float(weight.strip()[2:] or 1))
        except ValueError:
            continue
    ours = [name for name in liked if name in LANGUAGES and liked[name] > 0]
    return max(ours, key=lambda name: liked[name], default="")


@cache
def _texts() -> dict[str, Any]:
    return read_words(Path(__file__).with_name("home_words.yaml"))


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


def view(runs: Path, dashboards: Path, wanted: str = "", browser: str = "") -> dict[str, Any]:
    """Everything the template shows. `wanted` is a language, or anything for the usual one, which
    is the `browser`'s if that names one of ours.
    """
    entries = find_runs(runs)
    language = _language(wanted, browser, entries)
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
    first = _first_of_each(good)
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
        "elsewhere": runs.resolve() != (shared_folder("sample_data").parent / "out").resolve(),
        "command": words("own_command", folder=shlex.quote(str(runs.resolve()))),
        "sample": words("sample_command", folder=shlex.quote(str(runs.resolve()))),
        "version": __version__,
    }


def _language(wanted: str, browser: str, entries: list[RunEntry]) -> Language:
    """The language asked for, or else the system's, the browser's, that of the newest pack."""
    of_pack = (
        str(entries[0].manifest["pack"]["language"]) if entries and not entries[0].fault else ""
    )
    return shown_language(browser or of_pack, wanted if wanted in LANGUAGES else None)


def _first_of_each(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest run of each pack and organs: a small run of one's own does not push that of the
    bureau into the small print.
    """
    found: dict[Any, dict[str, Any]] = {}
    for run in runs:
        found.setdefault(run["whose"], run)
    return list(found.values())[:LARGE]


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
        "whose": (manifest["pack"]["id"], entry.organs),
        "title": display.text_of(manifest["pack"]["title"], language),
        "as_of": display.day(date.fromisoformat(manifest["as_of"]), language),
        "period": words("range", start=start, end=end),
        "made": display.day(made.replace(tzinfo=None) if made else None, language),
        "organs": _organs(entry.organs, words),
        "left_out": _left_out(entry, words),
        "cases": display.count(manifest["assets"][manifest["case_asset"]]),
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


def _organs(names: tuple[str, ...], words: Words) -> str:
    """Whose cases they are: the first organ, and how many more."""
    if len(names) < 2:
        return "".join(names)
    return words("organs", first=names[0], total=len(names), more=len(names) - 1)


def _left_out(entry: RunEntry, words: Words) -> str:
    """What did not come into the figures: refused rows, checks that could not be tested."""
    read, refused = entry.rows
    parts = [words("refused_rows", read=read, refused=refused)] if refused else []
    if number := len(entry.manifest["untested"]):
        parts.append(words("untested_checks", number=number))
    text = ("；" if words.language == "zh" else "; ").join(parts)
    return text[:1].upper() + text[1:]


def _address(door: str, run: str, language: Language) -> str:
    """Where a viewer is stands behind `#`, so the server renders one page for all of them."""
    return f"/voila/render/{quote(door)}.ipynb#{urlencode({'run': run, 'lang': language})}"


def _rate(rate: SystemRate, words: Words) -> Mapping[str, str]:
    """A rate never stands without its denominator, nor without what cannot be told."""
    from workbench.dashboards.overview import outcome_bar  # pyarrow comes with it
    from workbench.dashboards.view import BAR, words_of

    title = display.text_of(rate.title, words.language)
    if rate.untested:
        return {
            "title": title,
            "percent": words("untested"),
            "beside": "",
            "bar": "",
            "state": "y",
        }
    counts = {name: getattr(rate, name) for name in BAR}
    beside = [words("beside", passed=rate.passed, decided=rate.decided)]
    beside = beside if rate.decided else [words("undecided")]
    for key in ("cannot_tell", "not_yet_due"):
        if number := getattr(rate, key):
            beside.append(words(key, count=number))
    return {
        "title": title,
        "percent": display.percent(rate.rate),
        "beside": ("，" if words.language == "zh" else ", ").join(beside),
        "bar": outcome_bar(counts, words_of(words.language)) if any(counts.values()) else "",
        "state": "",
    }
