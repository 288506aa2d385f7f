"""Tasks side by side: each in a lane of its own, and all of them stopped by the first fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from queue import Queue
from typing import Any, TypeVar

T = TypeVar("T")
L = TypeVar("L")

_STOP_EVERY = 0.05  # seconds


def in_lanes(
    lanes: Sequence[L], tasks: Sequence[Callable[[L], T]], interrupt: Callable[[L], object]
) -> list[T]:
    """What tasks give, in their order; each is handed a lane that no other holds meanwhile.

    Raises what the first fault raised, after `interrupt` ended what the others still did.

    >>> in_lanes(["a", "b"], [lambda lane: 1, lambda lane: 2], print)
    [1, 2]
    """
    free: Queue[L] = Queue()
    for lane in lanes:
        free.put(lane)
    broken: list[BaseException] = []

    def work(task: Callable[[L], T]) -> T:
        lane = free.get()
        try:
            if broken:
                raise broken[0]
            return task(lane)
        except BaseException as error:
            broken.append(error)
            raise
        finally:
            free.put(lane)

    with ThreadPoolExecutor(max_workers=max(len(lanes), 1)) as pool:
        futures = [pool.submit(work, task) for task in tasks]
        _wait(futures, broken, lambda: [interrupt(lane) for lane in lanes])
    if broken:  # the others were only stopped by the first of them
        raise broken[0]
    return [future.result() for future in futures]


def _wait(
    futures: Sequence[Future[Any]], broken: list[BaseException], stop: Callable[[], object]
) -> None:
    try:
        wait(futures, return_when=FIRST_EXCEPTION)
    except BaseException as error:  # somebody at the keyboard
        broken.append(error)
    # What the others still do is of no use; a stop that comes between two statements is lost.
    while broken and wait(futures, timeout=_STOP_EVERY).not_done:
        stop()
