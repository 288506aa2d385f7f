"""Who is at the desk: named by a server that we trust, a hub, the environment or the system.

A name that comes from a browser is nobody's: only what the server itself has put into the
environment of the kernel counts (`WORKBENCH_VIEWER`, written by `workbench serve`).
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping

from workbench.review.refusals import Refused

# In order: our server's word, a person's own choice, a hub's login.
VARIABLES = ("WORKBENCH_VIEWER", "WORKBENCH_USER", "JUPYTERHUB_USER")


def identity(environment: Mapping[str, str] | None = None) -> str:
    """The id of whoever is working; raises `Refused` where nobody is named.

    >>> identity({"WORKBENCH_USER": "li", "JUPYTERHUB_USER": "li.hub"})
    'li'
    """
    known = os.environ if environment is None else environment
    for variable in VARIABLES:
        if name := known.get(variable, "").strip():
            return name
    if environment is None:
        try:
            return getpass.getuser()
        except (KeyError, OSError):
            pass
    raise Refused("no_identity")
