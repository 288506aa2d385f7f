"""The widget between page and kernel: an address comes in, a page goes out."""

from __future__ import annotations

import logging
import secrets
import sys
from pathlib import Path
from typing import Any, Protocol

import anywidget
import traitlets

from workbench.dashboards.server_plotly import plotly_script
from workbench.dashboards.views import Page

_LOG = logging.getLogger("workbench.dashboards")
# To the terminal of `workbench serve`: what a kernel writes to sys.stderr goes to the browser.
_LOG.addHandler(logging.StreamHandler(sys.__stderr__))
_LOG.propagate = False


class Pages(Protocol):
    """What a widget shows: one viewer's pages. `base` is the address of the server, or nothing."""

    base: str

    def page(self, address: str, *, first: bool = False, live: bool = True) -> Page:
        """The page for an address, whatever it says."""

    def failure(self, address: str, number: str) -> Page:
        """The page in place of one that could not be computed."""


class Dashboard(anywidget.AnyWidget):
    """A dashboard on one session. Shown by Voila it is a page; in a notebook, a cell's output.

    What it displays carries the first view as HTML beside the widget, so our Voila template can
    show it before any script has come.
    """

    _esm: Path | str = Path(__file__).with_name("widget.js")
    first = traitlets.Unicode().tag(sync=True)

    def __init__(self, session: Pages, address: str = "") -> None:
        self._session, self._shown = session, session.page(address, first=True, live=False)
        # A served page has it in its HTML already; a notebook's widget must bring it along.
        super().__init__(first="" if session.base else str(self._shown.html))
        self.on_msg(self._hear)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/html"] = str(self._shown.html)
        return bundle

    def _hear(self, _: Any, message: Any, buffers: Any) -> None:
        """Answer a question of the page. What it sends is anyone's text."""
        if not isinstance(message, dict):
            return
        if message.get("plotly") is True:
            if not self._session.base:  # a server of ours hands it out itself
                self.send({"plotly": True}, [plotly_script()])
            return
        seq, address = message.get("seq"), message.get("hash")
        if not isinstance(seq, int) or not isinstance(address, str):
            return
        # Half a character can be said in JSON, and cannot be sent back.
        address = address.encode("utf-8", "replace").decode("utf-8")
        try:
            self.send({"seq": seq, **self._answer(address, message.get("shown"))})
        except (KeyboardInterrupt, RuntimeError) as error:
            if not self._is_closing(error):
                raise

    def _is_closing(self, error: BaseException) -> bool:
        """Was it the server that interrupted us? Then the page is closed: nobody waits."""
        stopped = isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted"
        return stopped and bool(self._session.base)

    def _answer(self, address: str, shown: Any) -> dict[str, str]:
        """The page for an address; nothing if the browser has it already."""
        try:
            page = self._session.page(address)
        except Exception as error:
            if self._is_closing(error):
                raise
            number = secrets.token_hex(3)
            _LOG.exception("view %s, number %s", address[:200], number)
            return {"html": str(self._session.failure(address, number).html)}
        same = shown == page.here == self._shown.here and self._unchanged()
        return {} if same else {"html": str(page.html)}

    def _unchanged(self) -> bool:
        """Would the first view be the same now? A page may have waited for its viewer for days."""
        now = self._session.page(self._shown.here, first=True, live=False)
        return now.html == self._shown.html
