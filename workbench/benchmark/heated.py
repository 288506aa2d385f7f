"""`workbench serve` that also says when a kernel is ready for the next viewer.

    python -m workbench.benchmark.heated RUNS TOKEN

prints the line with the address, and `heated ID` whenever a preheated kernel has its page ready.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tornado.ioloop import PeriodicCallback

from workbench.dashboards import server, server_app

EVERY_MS = 50


class TellingServer(server_app.Server):
    """The server, with a second sentence to say."""

    def _announce(self) -> None:
        super()._announce()
        self.told: set[str] = set()
        PeriodicCallback(self._tell, EVERY_MS).start()

    def _tell(self) -> None:
        for pool in self.kernel_manager._pools.values():
            for task in pool:
                done = task.done() and not task.cancelled() and not task.exception()
                if done and task.result()["task"].done():  # the kernel is up, and its page ready
                    kernel = str(task.result()["kernel_id"])
                    if kernel not in self.told:
                        self.told.add(kernel)
                        sys.stdout.write(f"heated {kernel}\n")
                        sys.stdout.flush()


if __name__ == "__main__":
    server_app.Server = TellingServer  # type: ignore[misc]
    server.serve(Path(sys.argv[1]), port=0, token=sys.argv[2], open_browser=False)
