"""The originals of a case in a real browser: painted, played, warned of, in both languages.

A small desk around the panel stands in for the page that will hold it: the real server, the real
widget, the run of the sample with its files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.browser.desk import LISTEN
from tests.unit.serving import TOKEN, Running, serving, write_notebooks

pytestmark = pytest.mark.browser
CASE, OTHER, CLEAN = "99-2026-00064", "9903-2026-00031", "9902-2026-00048"
DESK = """
from urllib.parse import parse_qsl, urlencode
from workbench.dashboards.session import files_folder, runs_folder, server_base, viewer_role
from workbench.dashboards.view import words_of
from workbench.dashboards.views import Page, style
from workbench.dashboards.widget import Dashboard
from workbench.desk.files_panel import files_panel, panel_style
from workbench.desk.files_view import inline_address, server_addresses
from workbench.display import Html
from workbench.originals.volume import open_volume

class Session:
    base = server_base()
    run = next(runs_folder().glob("hrss-*"))

    def page(self, address, *, first=False, live=True):
        state = {"case": "CASE", "lang": "zh", **dict(parse_qsl(address.lstrip("#")))}
        language, chosen = state["lang"], state.get("file")
        volume = open_volume(self.run, state["case"], viewer_role(), files_folder())
        def link(ref, seen):
            more = {"seen": "1"} if seen else {}
            base = {k: state[k] for k in ("case", "lang")}
            return "#" + urlencode({**base, "file": ref, **more})
        where = inline_address if state.get("inline") else server_addresses(
            self.base, volume.run_id, language)
        panel = files_panel(volume, language, chosen=chosen, link=link, address=where,
                            seen=bool(state.get("seen")))
        here = "#" + urlencode(state)
        name = "wb-first" if first else "wb-page"
        html = (f'<div class="wb wb-page" id="{name}" lang="{language}" '
                f'data-hash="{here.replace("&", "&amp;")}" data-title="files"><style>{style()}'
                f'{panel_style()}</style><p class="wb-lost" hidden></p>{panel}'
                '<script type="application/json" class="wb-data">{}</script></div>')
        return Page(Html(html), here)

Dashboard(Session())
""".replace("CASE", CASE)


@pytest.fixture(scope="module")
def server(sample_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    notebooks = write_notebooks(tmp_path_factory.mktemp("desk"), {"files": DESK})
    with serving(sample_folder.parent, notebooks) as running:
        yield running


class Viewer:
    """Someone who looks at one original after the other."""

    def __init__(self, page: Any, port: int) -> None:
        self.page, self.port = page, port
        self.answers: dict[str, Any] = {}
        page.on("response", lambda answer: self.answers.update({answer.url: answer}))

    def open(self, ref: str | None = None, case: str = CASE, **state: str) -> None:
        """That original, in a page of its own."""
        given = {"case": case, **({"file": ref} if ref else {}), **state}
        self.answers.clear()
        self.page.goto("about:blank")
        address = f"http://127.0.0.1:{self.port}/voila/render/files.ipynb#{urlencode(given)}"
        self.page.goto(address)
        wanted = f'[data-original="{ref}"]' if ref else ""
        self.page.wait_for_selector(f".wb-original-shown{wanted}")
        self.page.wait_for_function("window.wbShown > 0")

    def text(self, path: str = ".wb-original-shown") -> str:
        found: str = self.page.locator(path).first.inner_text()
        return found

    def get(self, path: str, script: str) -> Any:
        """What a script says of an element, as soon as it says something."""
        handle = self.page.wait_for_function(
            f"(path) => {{ const e = document.querySelector(path); return e && ({script}); }}",
            arg=path,
        )
        return handle.json_value()


@contextmanager
def looking(browser: Any, server: Running) -> Iterator[Viewer]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    context.add_init_script(LISTEN)
    context.request.get(f"http://127.0.0.1:{server.port}/?token={TOKEN}")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    yield Viewer(page, server.port)
    context.close()
    assert [p for p in problems if "Content Security Policy" in p or "Error" in p] == []


@pytest.fixture
def viewer(browser: Any, server: Running) -> Iterator[Viewer]:
    with looking(browser, server) as found:
        yield found


def test_the_volume_is_listed_in_its_order_with_what_it_lacks(viewer: Viewer) -> None:
    viewer.open()
    entries = viewer.page.locator(".wb-originals-list ol a")
    states = entries.evaluate_all("(all) => all.map((a) => a.dataset.state)")
    assert len(states) == 18
    assert {s: states.count(s) for s in ("whole", "altered", "missing")} == {
        "whole": 5, "altered": 1, "missing": 1}  # fmt: skip
    listed = viewer.text(".wb-originals-list")
    assert "共 18 项：现有文件 6，其中已被改动 1，缺失 1" in listed
    days = entries.evaluate_all("(all) => all.map((a) => a.dataset.original)")
    assert days[0] == "documents/D018707"
    assert days[-1] == "recordings/V01865"
    # The first that is there is shown before anything is chosen.
    assert viewer.page.get_attribute(".wb-original-shown", "data-original") == "documents/D018708"


def test_a_photo_is_painted_and_grows(viewer: Viewer) -> None:
    viewer.open("documents/D018709")
    assert viewer.get("img", "e.complete && e.naturalWidth") == 960
    before = viewer.get("img", "e.clientWidth")
    viewer.page.focus("#wb-zoom-fit")
    viewer.page.keyboard.press("ArrowRight")
    assert viewer.get("img", f"e.clientWidth > {before * 1.8} && e.clientWidth") > before
    assert "文件完好" in viewer.text()


def test_a_recording_has_its_duration_and_its_times(viewer: Viewer) -> None:
    viewer.open("recordings/V01864")
    assert viewer.get("audio", "e.duration") == pytest.approx(4, abs=0.1)
    assert viewer.get("audio", "e.controls")
    text = viewer.text()
    assert "采集 2026年4月20日 14:44 至 17:01（登记时长 137 分钟）" in text
    viewer.open("recordings/V01863", lang="en")
    assert viewer.get("video", "e.videoWidth") == 480
    assert viewer.get("video", "e.duration") == pytest.approx(5, abs=0.5)
    # From the middle on, without the whole: the server sends parts.
    viewer.page.evaluate("document.querySelector('video').currentTime = 3")
    assert viewer.get("video", "!e.seeking && e.currentTime") == pytest.approx(3)
    statuses = {a.status for url, a in viewer.answers.items() if "V01863" in url}
    assert 206 in statuses
    assert "Recorded 13 April 2026 13:50 to 14:48" in viewer.text()


def test_a_pdf_is_sent_as_one_into_the_frame(viewer: Viewer) -> None:
    viewer.open("documents/D018717")
    source = viewer.get("iframe.wb-original-page", "e.src")
    answer = viewer.page.request.get(source)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body()[:5] == b"%PDF-"
    assert viewer.get("iframe.wb-original-page", "e.title") == "原件：决定书"


@pytest.mark.parametrize(
    ("lang", "altered", "open_it", "opened"),
    [("zh", "文件已被改动", "仍要打开这份文件", "正在查看的是已被改动的文件"),
     ("en", "The file has been altered", "Open the file all the same",
      "You are looking at an altered file")],
)  # fmt: skip
def test_an_altered_file_warns_first_and_then_opens(
    viewer: Viewer, lang: str, altered: str, open_it: str, opened: str
) -> None:
    viewer.open("documents/D018718", lang=lang)
    assert altered in viewer.text("[role=alert]")
    assert "8" in viewer.text()
    assert viewer.page.locator("iframe").count() == 0
    viewer.page.focus("#wb-original-open")
    assert open_it in viewer.text("#wb-original-open")
    viewer.page.keyboard.press("Enter")
    source = viewer.get("iframe", "e.src")
    assert "seen=" in source
    assert viewer.page.request.get(source).status == 200
    assert viewer.page.request.get(source.split("?")[0]).status == 409
    assert opened in viewer.text("[role=alert]")


@pytest.mark.parametrize(("lang", "missing"), [("zh", "文件缺失"), ("en", "The file is missing")])
def test_a_missing_file_says_so(viewer: Viewer, lang: str, missing: str) -> None:
    viewer.open("documents/D018713", lang=lang)
    assert missing in viewer.text("[role=alert]")
    assert viewer.page.locator("iframe, img, audio, video").count() == 0


def test_a_file_without_a_hash_says_so_and_is_shown(viewer: Viewer) -> None:
    viewer.open("documents/D018272", case=OTHER)
    assert "未登记校验值" in viewer.text(".wb-original-state")
    assert viewer.get("img", "e.naturalWidth") == 960
    viewer.open("recordings/V01813", case=OTHER)
    assert "文件完好" in viewer.text(".wb-original-state")
    assert viewer.page.get_attribute("video", "src")


def test_everything_is_reached_by_the_keyboard(viewer: Viewer) -> None:
    viewer.open("documents/D018708")
    viewer.page.focus("#wb-original-next")
    viewer.page.keyboard.press("Enter")
    viewer.page.wait_for_selector('.wb-original-shown[data-original="documents/D018709"]')
    viewer.page.focus("#wb-original-previous")
    viewer.page.keyboard.press("Enter")
    viewer.page.wait_for_selector('.wb-original-shown[data-original="documents/D018708"]')
    entry = viewer.page.locator(f'[id="{escape("wb-original-recordings/V01864")}"]')
    entry.focus()
    viewer.page.keyboard.press("Enter")
    assert viewer.get("audio", "e.duration") == pytest.approx(4, abs=0.1)
    assert viewer.page.get_attribute("[aria-current=true]", "data-original") == (
        "recordings/V01864")  # fmt: skip


def test_in_a_notebook_the_file_comes_with_the_page(viewer: Viewer) -> None:
    """`data:` addresses; our own server would not let them be framed, so a picture is looked at."""
    viewer.open("documents/D018709", inline="1")
    assert viewer.get("img", "e.src.startsWith('data:image/jpeg;base64,') && e.naturalWidth") == 960


def test_a_case_without_files_says_what_is_recorded(viewer: Viewer) -> None:
    viewer.open(case=CLEAN)
    assert "未登记文件" in viewer.text()
    assert viewer.page.locator("[data-state=not_named]").count() > 10
