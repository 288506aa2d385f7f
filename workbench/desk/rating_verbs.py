"""What a reviewer and an adjudicator do with a case: confirm, lock, adjudicate, step back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workbench.desk.desk import Desk
from workbench.desk.done import Done, Given, text
from workbench.desk.drafting import keep, sound
from workbench.desk.forms import running
from workbench.desk.pages import fill
from workbench.desk.standing import next_to_rate
from workbench.review.acts import case_of
from workbench.review.refusals import Refused
from workbench.review.results import rubric_of


def _case(desk: Desk) -> str:
    return desk.here.case or ""


def _confirm(desk: Desk, given: Given) -> dict[str, Any]:
    """Before a rating is locked: what it lacks, or what will be locked."""
    case = case_of(desk.its, _case(desk))
    kept = keep(desk, given)
    said = sound(given)
    missing = desk.review.missing(desk.its.round_id, case.case_id, said.get("items", {}),
                                  said.get("vetoes", {}))  # fmt: skip
    if missing:
        return {**kept, "goto": running(desk, case, said)["gaps"][0]["where"],
                "refused": desk.w("still_missing", n=len({m.where for m in missing}))}  # fmt: skip
    if text(given, "kind") == "adjudication" and not said.get("reason", "").strip():
        refused = desk.names.refused(Refused("why_adjudicated"))
        return {**kept, "refused": refused, "goto": "wb-reason"}
    score = desk.review.score(desk.its.round_id, case.case_id, said.get("items", {}),
                              said.get("vetoes", {}))  # fmt: skip
    items = said.get("items", {}).values()
    body = fill(
        "confirm.html.j2", w=desk.w, case=case.case_id, score=score,
        band=desk.names.band(rubric_of(desk.its, case), score.band),
        formula=score.formula.get(desk.here.language, ""),
        deductions=sum(len(i.get("deductions", ())) for i in items),
        overturned=sum(d["decision"] == "overturned" for i in items
                       for d in i.get("proposals", {}).values()),
        vetoes=sum(d["decision"] == "confirmed" for d in said.get("vetoes", {}).values()),
        absent=sum(not i.get("applicable", True) for i in items),
        kind=text(given, "kind") or "rating", then=text(given, "then"),
    )  # fmt: skip
    return {**kept, "confirm": str(body)}


def _submit(desk: Desk, given: Given) -> Done:
    said, case = sound(given), _case(desk)
    coming = next_to_rate(desk.standings, case)
    desk.review.submit(desk.its.round_id, case, said.get("items", {}), said.get("vetoes", {}),
                       said.get("note", ""))  # fmt: skip
    said_so = desk.w("submitted", case=case)
    if text(given, "then") != "next":
        return Done(desk.here.link(), said_so)
    if coming is None:
        return Done(desk.here.link(view="queue"), f"{said_so}{desk.w('all_rated')}")
    return Done(desk.here.to_case(coming), said_so)


def _adjudicate(desk: Desk, given: Given) -> Done:
    said = sound(given)
    desk.review.adjudicate(desk.its.round_id, _case(desk), said.get("items", {}),
                           said.get("vetoes", {}), said.get("reason", ""))  # fmt: skip
    return Done(desk.here.link(basis=None), desk.w("adjudicated"))


def _recuse(desk: Desk, given: Given) -> Done:
    case = _case(desk)
    desk.review.recuse(desk.its.round_id, desk.viewer.id, case, text(given, "reason"))
    return Done(desk.here.link(view="queue"), desk.w("recused", case=case))


VERBS: dict[str, Callable[[Desk, Given], Done | dict[str, Any]]] = {
    "confirm": _confirm,
    "submit": _submit,
    "adjudicate": _adjudicate,
    "recuse": _recuse,
}
