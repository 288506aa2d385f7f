"""The widget between the desk's page and its kernel: addresses, drafts and deeds come in, pages go
out. What the page sends is anyone's text; who sends it, the server has said before.
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Any

from workbench import dashboards
from workbench.dashboards.widget import Dashboard
from workbench.desk.session import DeskSession

HERE = Path(__file__).parent
_LOG = logging.getLogger("workbench.dashboards")  # to the terminal of `workbench serve`
SCRIPTS = ("desk.js", "form.js", "keys.js")


def notebook_script() -> str:
    """The scripts as one module: a notebook gives a widget a single file.

    Served pages load them as they are; here the lines that tie them together are left out.
    """
    first = Path(dashboards.__file__).with_name("widget.js")
    files = [first, *(HERE / script for script in reversed(SCRIPTS))]
    texts = [file.read_text("utf-8") for file in files]
    texts[0] = texts[0].partition("// The page that our server sent")[0]
    lines = "\n".join(texts).splitlines()
    return "\n".join(line.removeprefix("export ") if not line.startswith("export default") else line
                     for line in lines if not line.startswith("import "))  # fmt: skip


class DeskWidget(Dashboard):
    """The review desk of one person."""

    _esm = notebook_script()

    def __init__(self, session: DeskSession, address: str = "") -> None:
        self._desk = session
        super().__init__(session, address)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, about = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data, {**about, "workbench": {"script": SCRIPTS[0]}}

    def _hear(self, widget: Any, message: Any, buffers: Any) -> None:
        """A draft, a deed, a left pane; anything else is a question for a page."""
        if not isinstance(message, dict):
            return
        seq, address = message.get("seq"), message.get("hash")
        known = {"keep": "draft", "do": "do", "left": "left"}
        asked = next((name for name in known if name in message), None)
        if asked is None:
            super()._hear(widget, message, buffers)
            self._prepare(address)
            return
        if not isinstance(seq, int) or not isinstance(address, str):
            return
        self.send({known[asked]: True, "seq": seq, **self._tried(asked, address, message)})
        if asked == "do":
            self._prepare(address)

    def _tried(self, asked: str, address: str, message: dict[str, Any]) -> dict[str, Any]:
        """The answer; where it could not be worked out, a sentence with a number."""
        given = message.get("with")
        given = _clean(given) if isinstance(given, dict) else {}
        address = _clean(address)
        try:
            if asked == "keep":
                return self._desk.keep(address, given)
            if asked == "left":
                return self._desk.left(address)
            return self._desk.do(address, str(message["do"]), given)
        except Exception:
            number = secrets.token_hex(3)
            _LOG.exception("desk %s at %s, number %s", asked, address[:200], number)
            return {"refused": self._desk.trouble(address, number)}

    def _prepare(self, address: Any) -> None:
        """After the answer has gone: what will be asked for next."""
        if not isinstance(address, str):
            return
        try:
            self._desk.prepare(_clean(address))
        except Exception:
            _LOG.exception("preparing what follows %s", address[:200])


def _clean(value: Any) -> Any:
    """Half a character can be said in JSON, and neither kept nor sent back."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list) else value
