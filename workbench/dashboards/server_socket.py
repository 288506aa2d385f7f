"""The socket between a page and its kernel. What comes through it is anyone's bytes.

Only one form of message is spoken, `v1.kernel.websocket.jupyter.org`, as voila.js does: Voila reads
every binary message in that form, and one of the older form sent it counting to billions.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from tornado.web import HTTPError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from workbench.dashboards.server_viewer import own_kernel

PROTOCOL = "v1.kernel.websocket.jupyter.org"
NOT_UNDERSTOOD = 1003  # in the words of RFC 6455
_WORD = 8  # bytes of a number in the head of a message


class KernelSocket(VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """Voila's, for those who speak the one form, and for messages that are whole."""

    @ws_authenticated
    async def get(self, kernel_id: str) -> None:
        """Connect who offers the one form."""
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in [name.strip() for name in offered.split(",")]:
            raise HTTPError(400)
        if not own_kernel(self, kernel_id):
            raise HTTPError(403)
        await super().get(kernel_id)

    def on_message(self, ws_message: str | bytes) -> None:
        """Hand a message to the kernel; what is none ends the connection."""
        if self.connection is None:
            return
        if isinstance(ws_message, bytes) and is_whole(ws_message):
            super().on_message(ws_message)
        else:
            self.close(NOT_UNDERSTOOD)


def is_whole(message: bytes) -> bool:
    """Can a message be taken apart as its head says, into no more than there is?

    The head counts the offsets and lists them; between them lie the channel, the header, three
    more parts and the buffers.

    >>> is_whole((2**40).to_bytes(8, "little")), is_whole(b"")
    (False, False)
    """
    count = int.from_bytes(message[:_WORD], "little")
    if not 6 <= count < len(message) // _WORD:
        return False
    head = _WORD * (count + 1)
    offsets = [int.from_bytes(message[i : i + _WORD], "little") for i in range(_WORD, head, _WORD)]
    ends = [head, *offsets, len(message)]
    if any(end < start for start, end in pairwise(ends)):
        return False
    try:
        message[offsets[0] : offsets[1]].decode("utf-8")
        header: Any = json.loads(message[offsets[1] : offsets[2]].decode("utf-8"))
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and isinstance(header.get("msg_type"), str)
