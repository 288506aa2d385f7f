"""The application behind `serve`: a Voila of our own.

It listens on loopback only, always asks for a token, answers what is listed in `init_handlers` and
nothing else, and reads no configuration of Jupyter's that lies on the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import logging
import shutil
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from html import escape
from pathlib import Path
from typing import Any

from jupyter_core.paths import jupyter_path
from jupyter_server.services.kernels.handlers import KernelHandler
from tornado.httpserver import HTTPServer
from tornado.ioloop import PeriodicCallback
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError
from traitlets import Instance, Unicode
from traitlets.config import Config
from voila.app import Voila
from voila.configuration import VoilaConfiguration
from voila.paths import collect_static_paths, collect_template_paths
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from workbench.dashboards import home_runs, server_kernels
from workbench.dashboards import server_handlers as handlers
from workbench.dashboards import server_originals as originals
from workbench.dashboards.home import Home, view
from workbench.dashboards.server_access import TokenOnly, no_line, quiet_log
from workbench.dashboards.server_socket import KernelSocket
from workbench.dashboards.server_viewer import DESK
from workbench.privacy import Role
from workbench.terms import InputError

HERE = Path(__file__).parent
LOOPBACK = "127.0.0.1"
READY = "案卷评查工作台已启动，用浏览器打开（Ctrl+C 停止）· Open in a browser (Ctrl+C stops):"
PORTS_TRIED = 20
STOP_SECONDS = 10
OWN_SCRIPTS = ("channel.js", "widget.js")
DESK_SCRIPTS = ("desk.js", "form.js", "keys.js")
SCRIPT_ROOMS = (HERE, HERE.parent / "desk")
# What a page with widgets of others needs of JupyterLab's extensions: the widget managers, and
# anywidget. (That of plotly alone weighs 5 MB.)
EXTENSIONS = (
    "@voila-dashboards/widgets-manager8", "@jupyter-widgets/jupyterlab-manager", "anywidget",
)  # fmt: skip
_KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"


def run_server(
    runs: Path, notebooks: Path, port: int, token: str, open_browser: bool, preheat: bool,
    trust_header: str = "", role: Role = Role.supervisor, files: Path | None = None,
) -> None:  # fmt: skip
    """Serve until SIGINT or SIGTERM; see `server.serve`."""
    quiet_log(token)
    # As the one application of this process: what Voila logs without a parent goes to its log.
    server = Server.instance(
        config=_configuration(preheat, trust_header),
        runs=runs,
        trust_header=trust_header,
        role=role,
        files=files,
        root_dir=str(notebooks.resolve()),
        port=port,
        token=token,
        open_browser=open_browser,
        log_level=logging.ERROR,
    )
    server.initialize([])
    asyncio.run(server.run())


def _configuration(preheat: bool, trust_header: str = "") -> Config:
    pages = {
        "template": "workbench",
        "allow_template_override": "NO",
        "allow_theme_override": "NO",
        "strip_sources": True,
        "show_tracebacks": False,
        "file_allowlist": [],
        "preheat_kernel": preheat,
        "default_pool_size": 1,
        "extension_allowlist": list(EXTENSIONS),
        "kernel_spec_manager_class": server_kernels.OwnPython,
    }
    settings = {"VoilaConfiguration": pages, **server_kernels.kernel_settings()}
    if trust_header:  # a kernel that is heated before anybody came would be nobody's
        pages["http_header_envs"] = [trust_header]
        settings["VoilaKernelManager"] = {"preheat_denylist": [DESK]}
    return Config(settings)


class Server(Voila):  # type: ignore[misc]
    """The application; its settings and routes are all here."""

    runs = Instance(Path, help="A run folder, or a folder of runs.")
    trust_header = Unicode(help="The header that names the viewer; empty: there is one.")
    role = Instance(Role, help="Who comes in with the token.")
    files = Instance(Path, allow_none=True, help="The folder of the originals of all runs.")
    places = Instance(server_kernels.Places, ())
    port: Any
    identity_provider_class = TokenOnly

    def initialize(self, argv: list[str] | None = None) -> None:
        """Set up without Voila's search for configuration files and without its signals."""
        self.voila_configuration = VoilaConfiguration(parent=self)
        self.voila_configuration.page_config_hook = self.page_config
        self.setup_template_dirs()

    def setup_template_dirs(self) -> None:
        """Our template first, wherever the package is installed; Voila's scripts below it."""
        roots = [str(HERE / "jupyter"), *jupyter_path()]
        names = ["voila", "nbconvert"]
        found = collect_template_paths(names, "workbench", prune=True, root_dirs=roots)
        # display.css is the one visual language of the package and lies beside it.
        self.template_paths = [*found, str(HERE.parent)]
        self.static_paths = [
            path
            for path in collect_static_paths(names, "workbench", root_dirs=roots)
            if Path(path, "voila.js").is_file()
        ]
        if not self.static_paths:
            raise InputError("voila.js was not found: is voila installed whole?")

    def page_config(self, page_config: dict[str, Any], **about: Any) -> dict[str, Any]:
        """What voila.js and our template are told; asked for at each rendering."""
        version = self.scripts_version
        page_config["fullStaticUrl"] = f"{self.base_url}voila/static/{version}"
        page_config["fullLabextensionsUrl"] = f"{self.base_url}voila/labextensions/{version}"
        # Else voila.js loads a megabyte of MathJax, to typeset nothing.
        page_config["fullMathjaxUrl"] = f"{self.base_url}workbench/no-mathjax.js"
        page_config["mathjaxConfig"] = "none"
        page_config["workbenchRuns"] = home_runs.stamp(self.runs)
        scripts = f"{self.base_url}workbench/scripts/{version}/"
        page_config["workbenchScripts"] = scripts
        page_config["workbenchPreload"] = [
            f"{scripts}{name}"
            for name in OWN_SCRIPTS + DESK_SCRIPTS * (about.get("notebook_path") == DESK)
        ]
        return page_config

    @property
    def scripts_version(self) -> str:
        """Changes when a script that we serve may have changed."""
        ours = [file for room in SCRIPT_ROOMS for file in sorted(room.glob("*.js"))]
        files = [Path(self.static_paths[0], "voila.js"), *ours]
        stamps = [str(file.stat().st_mtime_ns) for file in files]
        for path in self.labextensions_path:
            stamps += [
                str(file.stat().st_mtime_ns)
                for name in EXTENSIONS
                if (file := Path(path, name, "package.json")).is_file()
            ]
        return hashlib.sha256(" ".join(stamps).encode()).hexdigest()[:12]

    def init_settings(self) -> dict[str, Any]:
        """Voila's, tightened: loopback names only, our pages, no addresses in a log."""
        settings: dict[str, Any] = super().init_settings()
        pages = handlers.pages()
        settings |= {
            "workbench": self,
            "allow_remote_access": False,
            "local_hostnames": ["localhost"],
            "jinja2_env": pages,
            "voila_jinja2_env": pages,
            "default_handler_class": handlers.NotFound,
            "log_function": no_line,
            "server_root_dir": "",
            "headers": {"Referrer-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN",
                        "Cross-Origin-Opener-Policy": "same-origin",
                        "Cross-Origin-Resource-Policy": "same-origin"},
            "xsrf_cookie_kwargs": {"samesite": "Lax"},
        }  # fmt: skip
        self.identity_provider.cookie_options = {"samesite": "Lax"}
        self.identity_provider.login_handler_class = handlers.Login
        return settings

    def init_handlers(self) -> list[Any]:
        """Everything that is answered. Voila's own list also serves files, folders, themes and the
        request of a preheated page, which would hold whatever stood in its address."""
        version = self.scripts_version
        allowed = "|".join(f"{name}/static/" for name in EXTENSIONS)
        return [
            (r"/", Home),
            (r"/login", handlers.Login),
            (r"/dashboards/([\w-]+)", handlers.DashboardName),
            (r"/voila/render/([\w-]+\.ipynb)", handlers.Dashboard, self._voila_arguments()),
            (rf"/voila/static/{version}/(.*)", handlers.Script, {"roots": self.static_paths}),
            (rf"/voila/labextensions/{version}/(.*)", handlers.Script,
             {"roots": self.labextensions_path, "allowed": allowed}),
            (r"/voila/api/shutdown/(.*)", VoilaShutdownKernelHandler),
            (rf"/api/kernels/{_KERNEL}", KernelHandler),
            (rf"/api/kernels/{_KERNEL}/channels", KernelSocket),
            (rf"/workbench/scripts/{version}/(.*)", handlers.Script,
             {"roots": [str(room) for room in SCRIPT_ROOMS],
              "allowed": f"({'|'.join(OWN_SCRIPTS + DESK_SCRIPTS)})$"}),
            (r"/workbench/plotly\.min\.js", handlers.Plotly),
            (r"/workbench/no-mathjax\.js", handlers.NoMathJax),
            (r"/runs/([^/]+)/([\w.]+)", handlers.RunFile),
            *originals.routes(),
        ]  # fmt: skip

    def _voila_arguments(self) -> dict[str, Any]:
        return {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }

    async def run(self) -> None:
        """Listen until told to stop; then end every kernel and leave nothing behind."""
        sockets = self._bind()
        self.connection_dir = tempfile.mkdtemp(prefix="workbench-")
        self.config.KernelManager.transport = server_kernels.transport(self.connection_dir)
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C ends asyncio.run
                asyncio.get_running_loop().add_signal_handler(number, stop.set)
        settings = self.init_settings()
        try:
            self.app = Application(self.init_handlers(), **settings)
            http = HTTPServer(self.app)
            http.add_sockets(sockets)
            watch = PeriodicCallback(self.drop_stale_kernels, 3000)
            watch.start()
            self._announce()
            # The first home page then comes as fast as the others.
            asyncio.get_running_loop().run_in_executor(None, view, self.runs, Path(self.root_dir))
            await stop.wait()
            watch.stop()
            http.stop()
        finally:
            with contextlib.suppress(asyncio.TimeoutError):  # a kernel ends without its parent
                await asyncio.wait_for(self.kernel_manager.shutdown_all(now=True), STOP_SECONDS)
            shutil.rmtree(self.connection_dir, ignore_errors=True)

    async def drop_stale_kernels(self) -> None:
        """A preheated page shows what was there when it was heated: see that this is still so."""
        await server_kernels.drop_stale(self.kernel_manager, home_runs.stamp(self.runs))

    async def before_page(self) -> contextlib.ExitStack:
        """Before a dashboard is opened: fresh kernels, and not too many of them.

        Who closes what is returned gives back the place of a kernel that was to start.
        """
        await self.drop_stale_kernels()
        place = await self.places.take(self.kernel_manager)
        if place is None:
            raise HTTPError(503)
        return place

    def _bind(self) -> list[socket.socket]:
        first = int(self.port)
        last = min(first + PORTS_TRIED - 1, 65535)
        for port in range(first, last + 1):
            try:
                sockets = bind_sockets(port, LOOPBACK)
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
            else:
                self.port = sockets[0].getsockname()[1]
                return sockets
        raise InputError(
            f"no free port from {first} to {last}: "
            "give another one with --port, or stop what listens there"
        )

    def _announce(self) -> None:
        address = f"http://{LOOPBACK}:{self.port}{self.base_url}?token={self.token}"
        sys.stdout.write(f"{READY} {address}\n")
        sys.stdout.flush()
        if self.open_browser:
            # Through a file that only this user can read: a command line is seen by all.
            page = Path(self.connection_dir, "open.html")
            target = escape(address, quote=True)
            page.write_text(f'<meta http-equiv="refresh" content="0; url={target}">', "utf-8")
            # A thread that does not keep us from ending: some browsers return when they are closed.
            threading.Thread(target=webbrowser.open, args=(page.as_uri(),), daemon=True).start()
