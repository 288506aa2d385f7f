"""`make fuzz`: many inputs in processes of their own, with an eye on their time and memory.

    python -m tests.fuzz --count 50000 --workers 2

Prints a summary; ends with 1 if an input gave anything but a load or a sentence, took longer than
10 s, or needed more than 1 GB. Such inputs are kept in --keep.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

from tests.fuzz.judging import LOADED, REFUSED, Judge

SECONDS, GIGABYTE = 10, 1 << 30
HANG, CRASH, MEMORY = "hang", "crash", "memory"
PATIENCE = 3 * SECONDS  # then a process is ended


class Result(NamedTuple):
    """What became of one input, and what it took."""

    number: int
    verdict: str
    said: str
    seconds: float
    peak: int


def work(door: Connection, seed: int) -> None:
    """Judge the inputs whose numbers come through the door."""
    os.nice(19)
    # Far above what is allowed: a runaway dies alone and does not take the machine with it.
    resource.setrlimit(resource.RLIMIT_AS, (8 * GIGABYTE, 8 * GIGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    judge = Judge(seed)
    try:
        while (number := door.recv()) is not None:
            started = time.monotonic()
            _, verdict, said = judge.judge(number)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            door.send(Result(number, verdict, said, time.monotonic() - started, peak))
    finally:
        shutil.rmtree(judge.folder, ignore_errors=True)


class Worker:
    """One process, and the input it is busy with."""

    def __init__(self, seed: int, number: int):
        self.door, inner = multiprocessing.Pipe()
        started = multiprocessing.get_context("fork")
        self.process = started.Process(target=work, args=(inner, seed), daemon=True)
        self.process.start()
        inner.close()
        self.give(number)

    def give(self, number: int) -> None:
        """The next input."""
        self.number, self.since = number, time.monotonic()
        self.door.send(number)

    def result(self, ready: set[object]) -> Result | None:
        """What became of its input; None while it is busy."""
        if self.door in ready:
            try:
                found: Result = self.door.recv()
            except (EOFError, ConnectionResetError):
                return Result(self.number, CRASH, "the process died", 0.0, 0)
            return _judged(found)
        if time.monotonic() - self.since > PATIENCE:
            return Result(self.number, HANG, "no end", float(PATIENCE), 0)
        return None

    def end(self) -> None:
        """End the process; it holds nothing that anybody needs."""
        self.process.kill()
        self.process.join()
        self.door.close()


def _judged(found: Result) -> Result:
    """A load that took too long or too much is none."""
    if found.verdict in (LOADED, REFUSED):
        if found.seconds > SECONDS:
            return found._replace(verdict=HANG)
        if found.peak > GIGABYTE:
            return found._replace(verdict=MEMORY)
    return found


@dataclass
class Summary:
    """Counts by kind, the worst of all, and the inputs that failed."""

    judge: Judge
    folder: Path
    tally: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: float = 0.0
    largest: int = 0
    bad: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        """How many inputs have been judged."""
        return sum(self.tally.values())

    def take(self, found: Result) -> None:
        """Count one; lay it aside if it failed."""
        name, data = self.judge.input(found.number)
        self.tally[name.partition(".")[2], found.verdict] += 1
        self.slowest = max(self.slowest, found.seconds)
        self.largest = max(self.largest, found.peak)
        if found.verdict not in (LOADED, REFUSED):
            self.bad += 1
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / f"{found.number}-{found.verdict}-{name}").write_bytes(data)
            (self.folder / f"{found.number}-{found.verdict}.log").write_text(found.said)
            last = found.said.strip().splitlines()[-1][:200]
            print(f"{found.number} {name}: {found.verdict}: {last}", flush=True)
        if self.done % 1000 == 0:
            print(f"{self.done} inputs, {self.bad} bad", flush=True)

    def show(self) -> None:
        """A line for each kind, and one for all."""
        for kind in sorted({kind for kind, _ in self.tally}):
            counts = sorted((v, n) for (k, v), n in self.tally.items() if k == kind)
            print(f"{kind:10} {', '.join(f'{count} {verdict}' for verdict, count in counts)}")
        seconds = time.monotonic() - self.began
        print(
            f"{self.done} inputs in {seconds:.0f} s: {self.bad} bad; the slowest took "
            f"{self.slowest:.1f} s, the largest process {self.largest / GIGABYTE:.2f} GB"
        )


def run(numbers: Iterator[int], seed: int, workers: int, summary: Summary) -> None:
    """Hand the inputs out until none is left."""
    busy = [Worker(seed, number) for _, number in zip(range(workers), numbers, strict=False)]
    while busy:
        ready: set[object] = set(wait([worker.door for worker in busy], timeout=1))
        for at, worker in reversed(list(enumerate(busy))):
            if (found := worker.result(ready)) is None:
                continue
            summary.take(found)
            following = next(numbers, None)
            if following is None:
                worker.end()
                del busy[at]
            elif found.verdict in (CRASH, HANG, MEMORY):
                worker.end()
                busy[at] = Worker(seed, following)
            else:
                worker.give(following)


def main() -> int:
    """Judge as many inputs as were asked for; 1 if one of them ended as none may."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--count", type=int, default=50_000)
    options.add_argument("--start", type=int, default=0, help="the number of the first input")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options.add_argument("--keep", type=Path, default=Path("out/fuzz"))
    given = options.parse_args()
    summary = Summary(Judge(given.seed), given.keep)
    numbers = iter(range(given.start, given.start + given.count))
    try:
        run(numbers, given.seed, given.workers, summary)
    finally:
        shutil.rmtree(summary.judge.folder, ignore_errors=True)
        summary.show()
    return 1 if summary.bad else 0


if __name__ == "__main__":
    sys.exit(main())
