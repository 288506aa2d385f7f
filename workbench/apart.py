"""Work in a Python process of its own, beside this one: for what Python's lock would hold up.

Only our own objects pass between the two, through pipes; nothing of a case file is ever unpickled
from disk.
"""

from __future__ import annotations

import pickle
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# What the other process does: take a function with its arguments, answer with what it gave. It
# looks for modules where we do, and nowhere else: a folder of case files may hold a `pickle.py`.
# What others print (when Python starts, say) stands before the mark.
_OTHER = """
import sys
mark, *sys.path = sys.argv[1:]
import pickle
function, arguments = pickle.load(sys.stdin.buffer)
try:
    answer = True, function(*arguments)
except Exception as error:
    answer = False, error
sys.stdout.flush()
sys.stdout.buffer.write(mark.encode() + pickle.dumps(answer))
"""


def run_apart(function: Callable[..., T], *arguments: Any) -> T:
    """What `function(*arguments)` gives, worked out in a process of its own.

    The function stands in a module, and what it takes and gives can be pickled. Raises what it
    raises. Where no process can be started (or it is killed), the work is done here.

    >>> run_apart(max, 1, 2)
    2
    """
    try:
        fine, answer = _answer(function, arguments)
    except Exception:  # whatever it was, the work is still to be done
        return function(*arguments)
    if not fine:
        raise answer
    return answer  # type: ignore[no-any-return]


def _answer(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Did it go well, and what it gave or raised."""
    mark = secrets.token_hex()
    other = subprocess.run(  # noqa: S603 (our own interpreter, our own function)
        [sys.executable, "-c", _OTHER, mark, *filter(None, sys.path)],
        input=pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL),
        capture_output=True,
        check=False,
    )
    if other.returncode == -signal.SIGINT:  # somebody at the keyboard stopped both of us
        raise KeyboardInterrupt
    other.check_returncode()
    _, _, answer = other.stdout.partition(mark.encode())
    fine, given = pickle.loads(answer)  # noqa: S301 (our own answer)
    return fine, given
