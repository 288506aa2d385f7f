"""Who may come in: the token, typed or in the address, and a log that never shows it."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any
from urllib.parse import unquote

from jupyter_server.auth.identity import PasswordIdentityProvider


class TokenOnly(PasswordIdentityProvider):
    """The token logs in, in the address or typed in the form; there are no passwords."""

    def process_login_form(self, handler: Any) -> Any:
        """Who types the token is let in, and who pastes the whole address."""
        typed = handler.get_argument("password", default="").strip()
        pasted = re.search(r"[?&]token=([^&#\s]+)", typed)
        tried = [typed, *((pasted[1], unquote(pasted[1])) if pasted else ())]
        right = [secrets.compare_digest(t.encode(), self.token.encode()) for t in tried]
        return self.generate_anonymous_user(handler) if any(right) else None


class WithoutToken(logging.Filter):
    """Tornado writes the address of a request that failed; the token does not go into a log."""

    def __init__(self, token: str):
        super().__init__()
        self.token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without the token."""
        record.msg, record.args = record.getMessage().replace(self.token, "…"), None
        return True


def quiet_log(token: str) -> None:
    """Only errors are logged, and not a line per request."""
    logging.getLogger("tornado").setLevel(logging.ERROR)
    logging.getLogger("tornado.application").addFilter(WithoutToken(token))


def no_line(_: Any) -> None:
    """In place of a line per request: an address can hold the token."""
