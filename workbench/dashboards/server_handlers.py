"""What the server answers: pages of ours, scripts of Voila's, files of a run, and nothing else.

Every handler here is a `JupyterHandler`, which since jupyter-server 2.13 refuses who is not logged
in even where a method forgets to ask, and which checks the `Host` header (DNS rebinding).
"""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.base.handlers import JupyterHandler
from tornado.escape import url_escape
from tornado.web import HTTPError, StaticFileHandler, authenticated
from voila.tornado.handler import TornadoVoilaHandler

from workbench.dashboards.home_runs import find_run
from workbench.dashboards.server_plotly import plotly_script
from workbench.dashboards.server_viewer import DESK, greet
from workbench.privacy import may_see

# A page of ours runs no script at all; a dashboard runs its own, the kernel's widget (a module
# made from a blob) and voila.js, which compiles JSON schemas with `new Function`.
PLAIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self'"
)
DASHBOARD_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self'; frame-src 'self'; connect-src 'self' {socket}; worker-src 'self' blob:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
FOREVER = "private, max-age=31536000, immutable"
RUN_FILES = {
    "report.html": "text/html; charset=utf-8",
    "evaluation.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@cache
def pages() -> Environment:
    """Our pages, and nobody else's; every text in them is escaped."""
    here = Path(__file__).parent
    folders = [here / "pages", here / "jupyter/voila/templates/workbench", here.parent]
    return Environment(
        loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


class Page(JupyterHandler):
    """A handler with our headers, our error page, and no token left in the address."""

    policy = PLAIN_POLICY

    @property
    def content_security_policy(self) -> str:
        """What a browser may load for this page."""
        return self.policy.format(socket=f"ws://{self.request.host} wss://{self.request.host}")

    async def prepare(self, **options: Any) -> None:
        """Log in; then the token has done its work and leaves the address and the history."""
        await super().prepare(**options)
        given = self.request.query_arguments
        if self.current_user and "token" in given and self.request.method == "GET":
            rest = [(k, v) for k, values in given.items() if k != "token" for v in values]
            self.redirect(self.request.path + (f"?{urlencode(rest)}" if rest else ""))

    def get_template(self, name: str) -> Any:
        """Pages come from our folders only, also in Voila's handlers."""
        return pages().get_template(name)

    def render_template(self, name: str, **values: Any) -> str:
        """A page of ours; of the server's own namespace it gets what a form needs and no token."""
        values.setdefault("base_url", self.base_url)
        values.setdefault("xsrf_form_html", self.xsrf_form_html)
        text: str = self.get_template(name).render(**values)
        return text

    @property
    def server(self) -> Any:
        """The application (`server.Server`)."""
        return self.settings["workbench"]


class Dashboard(Page, TornadoVoilaHandler):  # type: ignore[misc]
    """A notebook as a page. The kernel runs it; a failure on the way ends in our panel."""

    policy = DASHBOARD_POLICY

    @authenticated
    async def get(self, path: str = "") -> None:
        """Stream the page: head and grey blocks at once, the first view when it is computed."""
        if not (Path(self.server.root_dir) / path).is_file():
            raise HTTPError(404)
        assert self.xsrf_token  # sets the cookie that voila.js needs to say goodbye
        if path == DESK:
            if not may_see(self.server.role, "personal"):
                raise HTTPError(403)  # cases stand there as they are
            greet(self)
        with await self.server.before_page() as place:
            try:
                async for html in self.get_generator(path=path):
                    place.close()  # its kernel runs now and is counted itself
                    self.write(html)
                    await self.flush()
            except HTTPError:
                raise
            except Exception:
                if not self._headers_written:
                    raise
                self.log.exception("The page %s could not be computed", path)
                self.write(self.render_template("failed.html.j2"))


class DashboardName(Page):
    """`/dashboards/leadership`: an address that a person can remember."""

    @authenticated
    async def get(self, name: str) -> None:
        """Go to the notebook of that name."""
        if not (Path(self.server.root_dir) / f"{name}.ipynb").is_file():
            raise HTTPError(404)
        self.redirect(f"{self.base_url}voila/render/{name}.ipynb")


class Script(Page, StaticFileHandler):
    """Scripts of Voila and of its extensions. The address holds their version: kept for good."""

    def initialize(self, roots: list[str], allowed: str = "") -> None:  # type: ignore[override]
        """`roots` are looked through in order; `allowed` is a pattern of paths, empty for all."""
        self.roots = roots
        self.allowed = re.compile(allowed or ".*")
        StaticFileHandler.initialize(self, path=roots[0])

    def get_absolute_path(self, root: str, path: str) -> str:  # type: ignore[override]
        """The first root that holds the file."""
        if not self.allowed.match(path):
            raise HTTPError(404)
        for candidate in self.roots:
            found = super().get_absolute_path(candidate, path)
            if Path(found).is_file():
                self.root = candidate
                return found
        raise HTTPError(404)

    def set_extra_headers(self, path: str) -> None:
        """Never asked for again."""
        self.set_header("Cache-Control", FOREVER)


class Plotly(Page):
    """plotly.min.js of the installed package, compressed once."""

    @authenticated
    async def get(self) -> None:
        """The script; kept for good if the address names the version."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Vary", "Accept-Encoding")
        kept = self.get_argument("v", "") == version("plotly")
        self.set_header("Cache-Control", FOREVER if kept else "private, no-cache")
        packed = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(plotly_script(packed))


class NoMathJax(Page):
    """What stands in for MathJax: as much of it as voila.js calls, doing nothing."""

    @authenticated
    async def get(self) -> None:
        """The script."""
        self.set_header("Content-Type", "text/javascript; charset=utf-8")
        self.set_header("Cache-Control", FOREVER)
        self.finish(
            "window.MathJax = {Ajax: {}, Hub: {Config() {}, Configured() {}, Queue() {}, "
            "Register: {StartupHook() {}}}};"
        )


class RunFile(Page):
    """The report or the workbook of a run: these two names, of runs that are there."""

    policy = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "frame-ancestors 'self'"
    )

    @authenticated
    async def get(self, run: str, name: str) -> None:
        """Send the file; a workbook is saved, a report is shown without any right."""
        entry = find_run(self.server.runs, run)
        if entry is None or name not in RUN_FILES:
            raise HTTPError(404)
        path = entry.folder / name
        # A link out of the folder is not followed.
        if not path.is_file() or path.resolve().parent != entry.folder.resolve():
            raise HTTPError(404)
        self.set_header("Content-Type", RUN_FILES[name])
        self.set_header("Cache-Control", "private, no-cache")
        if not name.endswith(".html"):
            self.set_attachment_header(f"{run}-{name}")
        self.finish(path.read_bytes())


class NotFound(Page):
    """Whatever else is asked for."""

    async def prepare(self, **options: Any) -> None:
        """Say that there is nothing, to those who are logged in."""
        await super().prepare(**options)
        if not self._finished:
            raise HTTPError(404)


class Login(Page, LoginFormHandler):
    """The form that asks for the token."""

    def _render(self, message: Any = None) -> None:
        target = self.get_argument("next", default=self.base_url)
        # Who comes with a token and lands here came with a wrong one.
        wrong = bool(message) or bool(self.get_argument("token", "")) or _names_token(target)
        self.write(self.render_template("login.html", next=url_escape(target), wrong=wrong))


def _names_token(address: str) -> bool:
    try:
        return "token" in parse_qs(urlsplit(address).query)
    except ValueError:
        return False
