"""Who looks, as the server knows it: one person at this machine, or a name that a proxy sends.

A page of the review desk has a kernel of its own, and who its viewer is stands in the environment
of that kernel before it starts: nothing that a browser says can change it. The header of a proxy is
believed only where the option names it, and only if it comes once; the socket of a kernel is for
the person whom the kernel was started for.
"""

from __future__ import annotations

import os
import re
from typing import Any

from tornado.web import HTTPError

from workbench.terms import UsageError

DESK = "review_desk.ipynb"
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,60}")
_COOKIE = "workbench-viewer"


def name_viewer(viewer: str | None, trust_header: str | None) -> None:
    """Write into the environment of all kernels who looks, or where that stands.

    Raises `UsageError` for both at once, and for a header that is none.
    """
    for name in ("WORKBENCH_VIEWER", "WORKBENCH_VIEWER_FROM"):
        os.environ.pop(name, None)
    if trust_header is None:
        if viewer:
            os.environ["WORKBENCH_VIEWER"] = viewer
        return
    if viewer:
        raise UsageError("either --as names the person or --trust-header the header, not both")
    if not _HEADER.fullmatch(trust_header):
        raise UsageError(f"'{trust_header}' is no name of a header; for example X-Remote-User")
    os.environ["WORKBENCH_VIEWER_FROM"] = variable(trust_header)


def variable(header: str) -> str:
    """The variable of a kernel that Voila puts a header into.

    >>> variable("X-Remote-User")
    'HTTP_X_REMOTE_USER'
    """
    return f"HTTP_{header.upper().replace('-', '_')}"


def sent_by(handler: Any, header: str) -> str:
    """The person that a request names; raises 403 where it names nobody, or two."""
    sent = handler.request.headers.get_list(header)
    if len(sent) != 1 or not sent[0].strip():
        raise HTTPError(403)
    return str(sent[0])


def greet(handler: Any) -> None:
    """Before a page of the desk: a person is named, and the browser is told who it speaks for."""
    header = handler.server.trust_header
    if header:
        handler.set_signed_cookie(_COOKIE, sent_by(handler, header).encode("utf-8"),
                                  expires_days=None, httponly=True, samesite="Lax")  # fmt: skip


def own_kernel(handler: Any, kernel_id: str) -> bool:
    """Was this kernel started for the person who asks? Any, where no header tells people apart."""
    header = handler.settings["workbench"].trust_header
    if not header:
        return True
    kernels = handler.kernel_manager
    if kernel_id not in kernels:
        return False
    environment = kernels.get_kernel(kernel_id)._launch_args.get("env", {})
    meant = environment.get(variable(header))
    if meant is None:  # a page that names nobody: figures only
        return True
    if handler.request.headers.get_list(header):
        return bool(sent_by(handler, header) == meant)
    cookie = handler.get_signed_cookie(_COOKIE)
    return bool(cookie and cookie.decode("utf-8") == meant)
