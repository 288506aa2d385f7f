"""The documents of a case beside the form: what is there, what is missing, and the file itself."""

from __future__ import annotations

from workbench.dashboards.session import files_folder
from workbench.desk.desk import Desk
from workbench.desk.files_panel import files_panel
from workbench.desk.files_view import inline_address, server_addresses
from workbench.desk.pages import fill
from workbench.display import Html
from workbench.originals.volume import Forbidden, Volume, open_volume
from workbench.review.state import CaseState
from workbench.terms import InputError


def papers_of(desk: Desk, case: CaseState) -> Html:
    """The originals of a case with the chosen one shown; a sentence where they cannot be."""
    if desk.run is None:
        return Html()
    here, language = desk.here, desk.here.language
    try:
        volume = volume_of(desk, case)
    except Forbidden:
        return fill("sentence.html.j2", text=desk.w("papers_forbidden"))
    except InputError:
        return fill("sentence.html.j2", text=desk.w("papers_unreadable"))
    address = (server_addresses(desk.base, desk.run.folder.name, language)
               if desk.base else inline_address)  # fmt: skip
    return files_panel(
        volume, language, chosen=here.doc, seen=bool(here.seen), address=address,
        link=lambda ref, seen: here.link(pane="files", doc=ref, seen="1" if seen else None),
    )  # fmt: skip


def volume_of(desk: Desk, case: CaseState) -> Volume:
    """The originals of a case; raises `InputError` where the run cannot be read."""
    assert desk.run
    return open_volume(desk.run.folder, case.case_id, desk.run.role, files_folder())
