"""Work in a Python process of its own, beside this one: for what Python's lock would hold up.

Only our own objects pass between the two, through pipes; nothing of a case file is ever unpickled
from disk.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

# What the other process does: take a function with its arguments, answer with what it gave.
_OTHER = """
import pickle, sys
function, arguments = pickle.load(sys.stdin.buffer)
try:
    answer = True, function(*arguments)
except Exception as error:
    answer = False, error
sys.stdout.buffer.write(pickle.dumps(answer))
"""


def run_apart(function: Callable[..., T], *arguments: Any) -> T:
    """What `function(*arguments)` gives, worked out in a process of its own.

    The function stands in a module, and what it takes and gives can be pickled. Raises what it
    raises. Where no process can be started (or it is killed), the work is done here.

    >>> run_apart(max, 1, 2)
    2
    """
    places = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        other = subprocess.run(  # noqa: S603 (our own interpreter, our own function)
            [sys.executable, "-c", _OTHER],
            input=pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL),
            env=places,
            capture_output=True,
            check=True,
        )
        fine, answer = pickle.loads(other.stdout)  # noqa: S301 (our own answer)
    except (OSError, subprocess.CalledProcessError, EOFError, pickle.UnpicklingError):
        return function(*arguments)
    if not fine:
        raise answer
    return answer  # type: ignore[no-any-return]
