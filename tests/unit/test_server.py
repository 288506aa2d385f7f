"""`workbench serve` as a stranger meets it: a real server in a process of its own, read over HTTP.

Nothing sleeps: a server is ready when it prints its line, and gone when its process has ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import psutil
import pytest
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.unit.serving import (
    TOKEN,
    Answer,
    Running,
    make_run,
    serving,
    until_stopped,
    write_notebooks,
)
from workbench.dashboards import server_kernels
from workbench.dashboards.home import view
from workbench.dashboards.server import new_token
from workbench.dashboards.server_socket import PROTOCOL, is_whole
from workbench.dashboards.widget import Dashboard
from workbench.terms import UsageError

GOOD = """
import os
from IPython.display import display
seen = "TOKEN" in str(dict(os.environ))
runs = sorted(os.listdir(os.environ["WORKBENCH_RUNS"]))
display({"text/html": f'<div class="wb" id="wb-first">first view {seen} {runs}</div>',
         "application/vnd.jupyter.widget-view+json":
             {"model_id": "abc", "version_major": 2, "version_minor": 0}}, raw=True)
""".replace("TOKEN", TOKEN)
OTHER_WIDGET = GOOD.replace('"text/html"', '"text/plain"')
NOTEBOOKS = {
    "good": GOOD,
    "other_widget": OTHER_WIDGET,
    "raises": "print('some output')\nraise RuntimeError('a secret detail')",
    "shows_nothing": "x = 1",
    "dies": "import os\nos._exit(3)",
}
# Hosts in what we write ourselves; the first names of XML are no addresses that are fetched.
ADDRESS = re.compile(r"(?:https?:)?//(?!www\.w3\.org/|127\.0\.0\.1)[\w.-]+\.\w+")


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_notebooks(tmp_path_factory.mktemp("notebooks"), NOTEBOOKS)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good runs, a hostile one, three broken ones, and what is no run."""
    out = tmp_path_factory.mktemp("runs")
    make_run(out, "p-1")
    newest = make_run(out, "p-2", made={"at": "2026-07-02T10:20:00+08:00"})
    (newest / "evaluation.xlsx").write_bytes(b"PK")
    hostile = {"zh": "<script>alert(1)</script>", "en": "<script>alert(1)</script>"}
    make_run(out, "p-<b>0", pack={"id": "h<i>", "language": "zh", "title": hostile},
             made={"at": "2020-01-01T00:00:00"})  # fmt: skip
    (make_run(out, "broken-1") / "manifest.json").write_text("{", "utf-8")
    (make_run(out, "broken-2") / "checks.json").unlink()
    (make_run(out, "broken-3") / "tallies.parquet").write_bytes(b"no parquet")
    (make_run(out, "broken-4", period=["2025"])).joinpath("report.html").unlink()
    (out / "p-1" / "evaluation.xlsx").symlink_to("/etc/passwd")
    (out / ".unfinished-x").mkdir()
    (out / "notes").mkdir()
    return out


@pytest.fixture(scope="module")
def server(runs: Path, notebooks: Path) -> Iterator[Running]:
    with serving(runs, notebooks) as running:
        yield running


OLD_UPGRADE = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
               "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
UPGRADE = OLD_UPGRADE | {"Sec_WebSocket_Protocol": PROTOCOL}
KERNEL_ID = re.compile(r'"kernelId": "([\w-]+)"')
KERNEL = str(uuid.uuid4())
EVERYTHING = (
    "/", "/?lang=en", "/dashboards/good", "/voila/render/good.ipynb", "/voila/static/x/voila.js",
    "/voila/labextensions/x/anywidget/package.json", "/workbench/plotly.min.js",
    "/runs/p-1/report.html", "/runs/p-2/evaluation.xlsx", f"/api/kernels/{KERNEL}",
    f"/api/kernels/{KERNEL}/channels", "/api/kernels", "/api/contents", "/nothing",
)  # fmt: skip


@pytest.mark.parametrize("path", EVERYTHING)
@pytest.mark.parametrize("token", [None, "another-token", TOKEN[:-1]])
def test_without_the_token_nothing_is_shown(server: Running, path: str, token: str | None) -> None:
    forged = 'username-127-0-0-1-1="2|1:0|10:1|8:username|4:eHh4|0"'
    answer = server.get(path, token, Cookie=forged)
    assert answer.status in (302, 403)
    if answer.status == 302:
        assert answer.headers["Location"].startswith("/login?")
    assert b"p-1" not in answer.body


def test_nor_through_a_socket_nor_by_a_post(server: Running) -> None:
    assert server.get(f"/api/kernels/{KERNEL}/channels", None, **UPGRADE).status == 403
    assert server.get(f"/voila/query/{KERNEL}", None, **UPGRADE).status in (302, 403)
    assert server.get(f"/voila/api/shutdown/{KERNEL}", None, "POST").status == 403


def test_the_token_in_the_address_lets_in_and_leaves_the_address(server: Running) -> None:
    first = server.get(f"/?token={TOKEN}&lang=en", None)
    assert (first.status, first.headers["Location"]) == (302, "/?lang=en")
    cookie = first.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert TOKEN not in cookie
    home = server.get("/?lang=en", None, Cookie=cookie.split(";")[0])
    assert home.status == 200
    assert TOKEN not in home.text


def test_the_token_can_be_typed(server: Running) -> None:
    form = server.get("/login", None)
    assert "workbench serve" in form.text
    xsrf = form.headers["Set-Cookie"].split(";")[0]
    value = re.search(r'name="_xsrf" value="([^"]+)"', form.text)
    assert value

    def post(typed: str) -> Answer:
        body = urlencode({"_xsrf": value[1], "password": typed})
        return server.get("/login?next=%2F", None, "POST", body, Cookie=xsrf,
                          Content_Type="application/x-www-form-urlencoded")  # fmt: skip

    assert post(TOKEN).status == 302
    assert post(f"http://127.0.0.1:8866/?token={TOKEN}").status == 302
    assert post(f"http://127.0.0.1:8866/?token={TOKEN}x").status == 401
    wrong = post("not-the-token")
    assert wrong.status == 401
    assert "That is not the token" in wrong.text


def test_a_wrong_token_in_the_address_is_named_on_the_form(server: Running) -> None:
    sent = server.get("/?token=not-the-token", None)
    assert "That is not the token" in server.get(sent.headers["Location"], None).text
    assert "That is not the token" in server.get("/login?token=not-the-token", None).text
    assert "That is not the token" not in server.get("/login?next=%2F", None).text


def test_a_page_of_another_site_opens_no_socket(server: Running) -> None:
    kernel = KERNEL_ID.search(server.get("/voila/render/good.ipynb").text)
    assert kernel
    cookie = server.get(f"/?token={TOKEN}", None).headers["Set-Cookie"].split(";")[0]
    path = f"/api/kernels/{kernel[1]}/channels"
    assert (
        server.get(path, None, Cookie=cookie, Origin="http://evil.example", **UPGRADE).status == 403
    )


def test_another_host_name_is_refused(server: Running) -> None:
    assert server.get("/", Host="evil.example").status == 403
    assert server.get("/", Host=f"localhost:{server.port}").status == 200


OUTSIDE = (
    "/voila/static/..%2f..%2f..%2f..%2fetc/passwd", "/voila/static/{v}/..%2f..%2f..%2fconf.json",
    "/voila/static/{v}/../../../../../../../../etc/passwd", "/voila/static/{v}//etc/passwd",
    "/voila/static/{v}/%2fetc%2fpasswd", "/voila/labextensions/{v}/../../../../etc/passwd",
    "/voila/labextensions/{v}/anywidget/static/..%2f..%2f..%2fkernels",
    "/voila/labextensions/{v}/jupyterlab-plotly/package.json",
    "/voila/templates/workbench/static/..%2f..%2fconf.json", "/voila/templates/a/static/b",
    "/voila/files/good.ipynb", "/voila/files/..%2f..%2fetc/passwd", "/voila/tree", "/voila/tree/",
    "/voila/api/contents/", "/voila/api/themes/x", f"/voila/query/{KERNEL}", "/api/contents",
    "/api/kernels", "/api/terminals", "/api/sessions", "/static/favicon.ico", "/files/good.ipynb",
    "/voila/render/..%2fgood.ipynb", "/voila/render/none.ipynb", "/voila/render/",
    "/runs/p-1/manifest.json", "/runs/p-1/..%2fp-1%2freport.html", "/runs/%2e%2e/report.html",
    "/runs/notes/report.html", "/runs/..%2f..%2fetc/passwd", "/runs/.unfinished-x/report.html",
    "/runs/p-1/evaluation.xlsx", "/dashboards/none", "/logout",
)  # fmt: skip


@pytest.fixture(scope="module")
def version(server: Running) -> str:
    return server.version()


@pytest.mark.parametrize("path", OUTSIDE)
def test_what_is_not_listed_is_not_there(server: Running, version: str, path: str) -> None:
    answer = server.get(path.format(v=version))
    assert answer.status in (403, 404)
    assert b"root:" not in answer.body


def test_an_unknown_address_says_so_in_both_languages(server: Running) -> None:
    page = server.get("/nothing")
    assert page.status == 404
    assert "没有这个页面" in page.text
    assert "There is no such page" in page.text


def test_files_of_a_run(server: Running) -> None:
    report = server.get("/runs/p-1/report.html")
    assert (report.status, report.text) == (200, "<h1>report</h1>")
    assert report.headers["Content-Security-Policy"].startswith("sandbox;")
    workbook = server.get("/runs/p-2/evaluation.xlsx")
    assert (workbook.status, workbook.body) == (200, b"PK")
    assert "attachment" in workbook.headers["Content-Disposition"]


def test_scripts_are_kept_by_the_browser(server: Running, version: str) -> None:
    script = server.get(f"/voila/static/{version}/voila.js")
    assert script.status == 200
    assert "immutable" in script.headers["Cache-Control"]
    plain = server.get("/workbench/plotly.min.js")
    packed = server.get("/workbench/plotly.min.js", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body) / 2
    assert "immutable" not in plain.headers["Cache-Control"]


def test_every_page_carries_the_headers_of_safety(server: Running) -> None:
    for path in ("/", "/nothing", "/voila/render/shows_nothing.ipynb", "/runs/p-1/report.html"):
        headers = server.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy


# --- the home page


def test_home_lists_the_runs_newest_first(server: Running) -> None:
    page = server.get("/").text
    assert page.index("p-2") < page.index(">p-1<")
    for text in ("甲规则包", "2026年6月30日", "1,234", "56", "96.3%", "52 / 54 符合", "无法判断 3"):
        assert text in page
    assert "/voila/render/good.ipynb#run=p-2&amp;lang=zh" in page
    assert page.count("evaluation.xlsx") == 2  # the link in the folder is no workbook to offer


def test_home_in_english(server: Running) -> None:
    page = server.get("/?lang=en").text
    for text in ('<html lang="en">', "Pack A", "30 June 2026", "52 of 54 passed", "cannot tell 3"):
        assert text in page
    assert server.get("/?lang=xx").status == 200


@pytest.mark.parametrize(
    ("header", "language"),
    [("fr", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("de, en;q=0.3, zh-TW;q=0.5", "zh"),
     ("en;q=x, *", "zh"), ("en;q=0, fr", "zh")],
)  # fmt: skip
def test_home_in_the_language_of_the_browser(server: Running, header: str, language: str) -> None:
    name = {"zh": "zh-CN", "en": "en"}[language]
    assert f'<html lang="{name}">' in server.get("/", Accept_Language=header).text
    assert '<html lang="zh-CN">' in server.get("/?lang=zh", Accept_Language=header).text


def test_the_language_of_the_system_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_LANG", "zh")
    assert view(tmp_path, tmp_path, "", "en")["language"] == "zh"
    assert view(tmp_path, tmp_path, "en", "zh")["language"] == "en"


def test_a_run_is_the_newest_of_its_pack_and_organs(tmp_path: Path) -> None:
    bureau = ["某局", "甲所", "乙所"]
    make_run(tmp_path, "p-1", organs=bureau, made={"at": "2026-07-01T00:00:00Z"})
    make_run(tmp_path, "p-2", organs=bureau, made={"at": "2026-07-02T00:00:00Z"})
    make_run(tmp_path, "p-3", organs=["另一所"], made={"at": "2026-07-03T00:00:00Z"})
    make_run(tmp_path, "p-0", made={"at": "2026-06-01T00:00:00Z"})  # of an older version
    page = view(tmp_path, tmp_path, "zh")
    assert [run["name"] for run in page["newest"]] == ["p-3", "p-2", "p-0"]
    assert [run["name"] for run in page["earlier"]] == ["p-1"]
    assert [run["organs"] for run in page["newest"]] == ["另一所", "某局 等 3 个机关", ""]
    assert view(tmp_path, tmp_path, "en")["newest"][1]["organs"] == "某局 and 2 more"


def test_home_says_what_was_left_out(tmp_path: Path) -> None:
    rows = {
        "cases": {"read": 7, "used": 6, "refused": 1},
        "x": {"read": 3, "used": 2, "refused": 1},
    }
    make_run(tmp_path, "p-1", rows=rows, untested={"a": ["x"], "b": ["x"]})
    make_run(tmp_path, "p-2", rows={"cases": {"read": 7}})
    page = view(tmp_path, tmp_path, "zh")
    assert page["newest"][0]["left_out"] == "读入 10 行，拒收 2 行；2 项检查未检查"
    assert [run["name"] for run in page["broken"]] == ["p-2"]
    assert page["newest"][0]["rates"][0]["bar"].count("<i ") == 4


def test_the_commands_name_the_folder_that_is_served(tmp_path: Path) -> None:
    page = view(tmp_path / "my runs", tmp_path, "zh")
    assert page["elsewhere"]
    given = f"--out '{tmp_path / 'my runs'}'"
    assert page["command"] == f".venv/bin/workbench evaluate 案卷文件夹 {given}"
    assert page["sample"].endswith(given)
    root = Path(__file__).parents[2]
    assert not view(root / "out", tmp_path, "zh")["elsewhere"]


def test_a_hostile_title_is_only_a_text(server: Running) -> None:
    page = server.get("/").text
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "p-&lt;b&gt;0" in page
    assert "/runs/p-%3Cb%3E0/report.html" in page


def test_broken_runs_are_named_and_hide_no_other(server: Running) -> None:
    page = server.get("/?lang=en").text
    good, bad = page.split("Runs that cannot be read")
    for name in ("broken-1", "broken-2", "broken-3", "broken-4"):
        assert name not in good
        assert name in bad
    assert "checks.json is missing" in bad
    assert "p-1" in good


# --- a dashboard


def test_the_first_view_needs_no_script_of_voila(server: Running) -> None:
    page = server.get("/voila/render/good.ipynb")
    assert page.status == 200
    text = page.text
    scripts = re.findall(r'import \{ \w+ \} from "(/workbench/scripts/[^"]+)"', text)
    assert [script.rsplit("/", 1)[1] for script in scripts] == ["channel.js", "widget.js"]
    assert text.index('id="wb-first"') < text.index("new Channel(")
    assert '"abc"' in text[text.index("new Channel(") :]
    for script in scripts:
        assert f'rel="modulepreload" href="{script}"' in text
        assert "export " in server.get(script).text
    for other in ("widget.py", "../server.py", "page.css"):
        assert server.get(f"{scripts[0].rsplit('/', 1)[0]}/{other}").status == 404
    for absent in ('voila.js"', "voila.cell-output", "rendered_cells", "data-wb-error"):
        assert absent not in text
    assert "first view False" in text  # the kernel knows nothing of the token


def test_a_widget_of_another_notebook_is_given_to_voila(server: Running) -> None:
    text = server.get("/voila/render/other_widget.ipynb").text
    assert text.index("application/vnd.voila.cell-output+json") < text.index('voila.js"></script>')
    assert '"model_id": "abc"' in text
    loaded = set(re.findall(r'"name": "([^"]+)"', text))
    assert loaded == {"@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager",
                      "anywidget"}  # fmt: skip


@pytest.mark.parametrize("name", ["raises", "shows_nothing", "dies"])
def test_a_page_that_failed_says_so_and_shows_no_traceback(server: Running, name: str) -> None:
    page = server.get(f"/voila/render/{name}.ipynb").text
    assert page.count("data-wb-error") == 1
    assert "本页计算失败，未能显示" in page
    assert "This page could not be computed" in page
    assert "workbench verify" in page
    for text in ("Traceback", "RuntimeError", "a secret detail", "some output", "--debug"):
        assert text not in page


def test_nothing_of_ours_points_elsewhere(server: Running) -> None:
    for path in ("/", "/login", "/nothing", "/voila/render/good.ipynb"):
        page = server.get(path, None if path == "/login" else TOKEN).text
        assert not ADDRESS.findall(page)


def test_a_name_leads_to_its_dashboard(server: Running) -> None:
    answer = server.get("/dashboards/good")
    assert (answer.status, answer.headers["Location"]) == (302, "/voila/render/good.ipynb")


def test_a_kernel_runs_no_code_of_the_browser(server: Running, tmp_path: Path) -> None:
    kernel = KERNEL_ID.search(server.get("/voila/render/good.ipynb").text)
    assert kernel
    written = tmp_path / "written"
    asyncio.run(_try_to_run(server.port, kernel[1], f"open({str(written)!r}, 'w')"))
    assert not written.exists()


async def _try_to_run(port: int, kernel: str, code: str) -> None:
    """Send a request to execute, then one that is allowed, and wait for the answer to that."""
    socket_ = await _connect(port, kernel)
    asked = _message("execute_request", {"code": code, "silent": False})
    await socket_.write_message(asked, binary=True)
    await socket_.write_message(_message("kernel_info_request", {}), binary=True)
    while True:
        answer = await asyncio.wait_for(socket_.read_message(), 30)
        assert isinstance(answer, bytes)
        if json.loads(deserialize_msg_from_ws_v1(answer)[1][0])["msg_type"] == "kernel_info_reply":
            break
    _hang_up(socket_)


def _hang_up(connection: WebSocketClientConnection) -> None:
    """Close it at once: the loop ends right behind this, and would leave the socket open."""
    stream = connection.protocol.stream if connection.protocol is not None else None
    connection.close()
    if stream is not None:
        stream.close()


async def _connect(port: int, kernel: str) -> WebSocketClientConnection:
    address = f"ws://127.0.0.1:{port}/api/kernels/{kernel}/channels?session_id=s"
    request = HTTPRequest(address, headers={"Authorization": f"token {TOKEN}"})
    return await websocket_connect(request, subprotocols=[PROTOCOL])


def _message(kind: str, content: Mapping[str, object]) -> bytes:
    header = {"msg_id": kind, "msg_type": kind, "session": "s", "username": "",
              "version": "5.3", "date": "2026-01-01T00:00:00Z"}  # fmt: skip
    parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
    whole: bytes = serialize_msg_to_ws_v1(parts, "shell")
    return whole


def test_a_socket_that_speaks_the_old_form_is_refused(server: Running) -> None:
    """Voila would read a binary message of that form as one that lists billions of parts."""
    kernel = KERNEL_ID.search(server.get("/voila/render/good.ipynb").text)
    assert kernel
    path = f"/api/kernels/{kernel[1]}/channels"
    assert server.get(path, **OLD_UPGRADE).status == 400
    assert server.get(path, Sec_WebSocket_Protocol="v0, x", **OLD_UPGRADE).status == 400
    assert server.get("/").status == 200


BROKEN = {
    "a text": json.dumps({"channel": "shell", "header": {"msg_type": "comm_msg"}}),
    "nothing": b"",
    "counts to billions": (2**62).to_bytes(8, "little") + b"x" * 100,
    "overlapping parts": b"".join(n.to_bytes(8, "little") for n in (7, 64, 69, 64, 69, 64, 69, 64))
    + b"shell",
    "no header": serialize_msg_to_ws_v1([b"null", b"{}", b"{}", b"{}"], "shell"),
    "a header that is no JSON": serialize_msg_to_ws_v1([b"[" * 9999, b"", b"", b""], "shell"),
    "half of one": _message("kernel_info_request", {})[:-1],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_message_that_is_none_ends_its_own_connection_only(server: Running, name: str) -> None:
    message = BROKEN[name]
    assert isinstance(message, str) or not is_whole(message)
    kernel = KERNEL_ID.search(server.get("/voila/render/shows_nothing.ipynb").text)
    assert kernel

    async def send() -> int | None:
        socket_ = await _connect(server.port, kernel[1])
        await socket_.write_message(message, binary=isinstance(message, bytes))
        while await asyncio.wait_for(socket_.read_message(), 30) is not None:
            pass
        code = socket_.close_code
        _hang_up(socket_)
        return code

    assert asyncio.run(send()) == 1003
    assert server.get("/").status == 200


def test_a_message_of_the_browser_is_whole() -> None:
    assert is_whole(_message("comm_msg", {"data": {}}))
    assert is_whole(serialize_msg_to_ws_v1([b'{"msg_type": "comm_msg"}', *[b"{}"] * 3, b"buffer"],
                                           "shell"))  # fmt: skip


class Viewer:
    """A session that shows what it was asked for, or fails."""

    def __init__(self, base: str, error: BaseException | None = None) -> None:
        self.base, self.error = base, error

    def page(self, address: str, *, first: bool = False, live: bool = True) -> SimpleNamespace:
        if self.error and not first:
            raise self.error
        return SimpleNamespace(html=f"<p>{address}</p>", here=address)

    def failure(self, address: str, number: str) -> SimpleNamespace:
        return SimpleNamespace(html="failed")


def _hear(monkeypatch: pytest.MonkeyPatch, viewer: Viewer, message: object) -> list[object]:
    sent: list[object] = []
    monkeypatch.setattr(Dashboard, "send", lambda _, content, buffers=None: sent.append(content))
    Dashboard(viewer)._hear(None, message, [])  # type: ignore[arg-type]
    return sent


def test_a_served_kernel_sends_no_plotly(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _hear(monkeypatch, Viewer("/"), {"plotly": True}) == []
    assert _hear(monkeypatch, Viewer(""), {"plotly": True}) == [{"plotly": True}]


def test_half_a_character_does_not_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = _hear(monkeypatch, Viewer("/"), {"seq": 1, "hash": "#subject=\ud800"})
    assert answer == [{"seq": 1, "html": "<p>#subject=?</p>"}]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_a_query_ends_quietly_when_its_page_was_closed(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    asked = {"seq": 1, "hash": "#"}
    assert _hear(monkeypatch, Viewer("/", error), asked) == []
    assert not caplog.records
    other = _hear(monkeypatch, Viewer("/", RuntimeError("another")), asked)
    assert other == [{"seq": 1, "html": "failed"}]
    assert len(caplog.records) == 1


def test_a_preheated_page_knows_of_a_run_made_since(tmp_path: Path) -> None:
    only = write_notebooks(tmp_path / "notebooks", {"good": GOOD})
    make_run(tmp_path / "runs", "p-1")
    with serving(tmp_path / "runs", only, preheat=True) as server:
        assert "['p-1']" in server.get("/voila/render/good.ipynb").text
        make_run(tmp_path / "runs", "p-2")
        assert "['p-1', 'p-2']" in server.get("/voila/render/good.ipynb").text


class Kernels(dict[str, SimpleNamespace]):
    """As much of a kernel manager as is asked whether there is room."""

    def __init__(self, idle: Mapping[str, int], connected: str) -> None:
        now = datetime.now(UTC)
        super().__init__({k: SimpleNamespace(last_activity=now - timedelta(seconds=s))
                          for k, s in idle.items()})  # fmt: skip
        self._kernel_connections = {connected: 1}
        self.get_kernel = self.__getitem__

    def list_kernel_ids(self) -> list[str]:
        return list(self)

    async def shutdown_kernel(self, kernel: str, now: bool) -> None:
        del self[kernel]


def test_room_is_made_where_nobody_looks_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_kernels, "MOST_KERNELS", 3)
    kernels = Kernels({"new": 1, "seen": 999, "lost": 999, "lost too": 999}, "seen")
    assert asyncio.run(server_kernels.make_room(kernels))
    assert list(kernels) == ["new", "seen"]
    assert not asyncio.run(server_kernels.make_room(Kernels({"a": 1, "b": 1, "c": 999}, "c")))


@pytest.mark.parametrize(("preheat", "most"), [(False, 2), (True, 3)])
def test_those_who_ask_at_once_do_not_get_more_kernels(
    tmp_path: Path, preheat: bool, most: int
) -> None:
    only = write_notebooks(tmp_path / "notebooks", {"good": GOOD})
    make_run(tmp_path / "runs", "p-1")
    with serving(tmp_path / "runs", only, preheat=preheat, most=most) as server:
        with ThreadPoolExecutor(6) as many:
            asked = [many.submit(server.get, "/voila/render/good.ipynb") for _ in range(6)]
        answers = [answer.result() for answer in asked]
        shown = [answer for answer in answers if answer.status == 200]
        assert 1 <= len(shown) <= 2
        assert all('id="wb-first"' in answer.text for answer in shown)
        assert {answer.status for answer in answers} == {200, 503}
        assert len(psutil.Process(server.process.pid).children()) <= most
        assert server.get("/voila/render/none.ipynb").status == 404


def test_a_place_is_held_until_it_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_kernels, "MOST_KERNELS", 3)

    async def take() -> None:
        places, kernels = server_kernels.Places(), Kernels({"a": 1}, "a")
        taken = await asyncio.gather(*(places.take(kernels) for _ in range(5)))
        held = [place for place in taken if place]
        assert len(held) == 2
        held[0].close()
        held[0].close()  # once is enough
        assert await places.take(kernels)
        assert not await places.take(kernels)

    asyncio.run(take())


# --- starting and stopping


def test_the_command_on_a_port_that_is_taken_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    out = tmp_path / "not there"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "workbench.cli", "serve", str(out), "--no-browser",
                   "--cold", "--port", str(port)]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            encoding="utf-8", env=dict(os.environ, WORKBENCH_TOKEN=TOKEN),
        )  # fmt: skip
        for server in until_stopped(process):
            assert server.line.endswith(f":{server.port}/?token={TOKEN}\n")
            assert port < server.port < port + 20
            _says_what_to_do(server, out)


def _says_what_to_do(server: Running, out: Path) -> None:
    for lang, text in (("zh", "这里还没有评查批次"), ("en", "There is no run here yet")):
        page = server.get(f"/?lang={lang}").text
        for part in (text, "workbench evaluate", "make run", str(out)):
            assert part in page
    make_run(out, "p-9")
    assert "p-9" in server.get("/").text


def test_a_token_that_is_short_is_refused() -> None:
    with pytest.raises(UsageError, match="8 characters"):
        new_token("1234567")
    with pytest.raises(UsageError):
        new_token("")
