"""The kernels behind the dashboards: which Python they run, how many there are, when they end."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager

IDLE_SECONDS = 900  # a kernel that no browser is connected to ends after this
LOST_SECONDS = 60  # or after this, if there are as many kernels as there may be
MOST_KERNELS = 20  # each takes 100 to 200 MB
CELL_SECONDS = 120
FILL_SECONDS = 2.0  # the next kernel is heated once the page that took the last one is up
LONGEST_SOCKET = 100  # bytes of a socket's path that every system takes
_KERNEL_FILE = 60  # of them for its name in the folder


class OwnPython(KernelSpecManager):
    """One kernel: the Python that this server runs in, whatever kernels a machine may list."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """How to start it; without a history file, which is nobody's here."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}",
                  "--HistoryManager.enabled=False"],
            display_name="Python 3",
            language="python",
        )  # fmt: skip

    def find_kernel_specs(self) -> dict[str, str]:
        """Its name; it has no folder."""
        return {"python3": ""}

    def get_all_specs(self) -> dict[str, Any]:
        """The list of one."""
        spec = self.get_kernel_spec("python3").to_dict()
        return {"python3": {"resource_dir": "", "spec": spec}}


def kernel_settings() -> dict[str, Any]:
    """The configuration of everything about kernels."""
    return {
        "VoilaExecutor": {"timeout": CELL_SECONDS},
        "MappingKernelManager": {
            "fill_delay": FILL_SECONDS,
            "cull_idle_timeout": IDLE_SECONDS,
            "cull_interval": 60,
            "cull_connected": False,
        },
    }


def transport(folder: str) -> str:
    """Sockets in a folder of ours if its path is short enough: other users can reach a port."""
    short = len(folder.encode()) + _KERNEL_FILE <= LONGEST_SOCKET
    return "ipc" if short and hasattr(socket, "AF_UNIX") else "tcp"


async def drop_stale(kernels: Any, now: str) -> None:
    """End preheated kernels that rendered their page before the runs changed; heat new ones.

    `now` is the state of the runs as the page would be told today (`workbenchRuns`).
    """
    for notebook, pool in getattr(kernels, "_pools", {}).items():
        for heated in _heated(pool):
            if heated["renderer"].page_config["workbenchRuns"] != now:
                if heated["kernel_id"] in kernels:
                    await kernels.shutdown_kernel(heated["kernel_id"], now=True)
                kernels.fill_if_needed(delay=1, notebook_name=notebook)


class Places:
    """The places of kernels that are about to start.

    A kernel is listed seconds after there was found to be room for it; until then its place is
    held, or all who ask at once would find the same room.
    """

    def __init__(self) -> None:
        self._held = 0
        self._door = asyncio.Lock()

    async def take(self, kernels: Any) -> ExitStack | None:
        """Hold a place until what is returned is closed; nothing if there is no room."""
        async with self._door:
            if not await make_room(kernels, lambda: self._held):
                return None
            self._held += 1
        place = ExitStack()
        place.callback(self._give_back)
        return place

    def _give_back(self) -> None:
        self._held -= 1


async def make_room(kernels: Any, held: Callable[[], int] = lambda: 0) -> bool:
    """Is there room for one kernel more? First those go whose browser has gone.

    A kernel that will be heated counts as one that runs, and so does a place that is held.
    """
    pools = getattr(kernels, "_pools", {})
    waiting = {h["kernel_id"] for pool in pools.values() for h in _heated(pool)}

    def full() -> bool:
        coming = sum(not task.done() for pool in pools.values() for task in pool)
        return len(kernels) + coming + held() >= MOST_KERNELS

    before = datetime.now(UTC) - timedelta(seconds=LOST_SECONDS)
    for kernel in list(kernels.list_kernel_ids()):
        if not full():
            break
        if kernel in waiting or kernel not in kernels:
            continue
        known = kernels.get_kernel(kernel)
        if not kernels._kernel_connections.get(kernel) and known.last_activity < before:
            await kernels.shutdown_kernel(kernel, now=True)
    return not full()


def _heated(pool: list[Any]) -> list[dict[str, Any]]:
    """What the finished tasks of a pool have started."""
    done = [task for task in pool if task.done() and not task.cancelled()]
    return [task.result() for task in done if not task.exception()]
