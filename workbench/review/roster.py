"""A roster (评查员名册) from a CSV: all people of it, or all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from workbench.review import entries as e
from workbench.review.paper import Row, each, header, read_paper
from workbench.texts import shown_language

NEEDED = ("reviewer_id", "name", "organ_id", "unit_id")
ROLES = ("lead", "reviewer", "adjudicator", "unit", "officer")


def read_roster(path: Path) -> list[e.ReviewerEnrolled]:
    """The people of a roster: reviewer_id, name, organ_id, unit_id; and roles (default reviewer),
    line, fields, most, conflicts; several values with `;`.

    Raises `InputError` naming every fault with its line.
    """
    people: dict[str, e.ReviewerEnrolled] = {}
    paper = read_paper(path, NEEDED)

    def read(row: Row) -> None:
        for name in NEEDED:
            if not row[name]:
                row.fault("blank", column=header(name, shown_language("zh")))
        if row["reviewer_id"] in people:
            row.fault("twice", what=row["reviewer_id"])
        people[row["reviewer_id"]] = _person(row)

    each(paper, read)
    return list(people.values())


def _person(row: Row) -> e.ReviewerEnrolled:
    most = row["most"]
    if most and not (most.isascii() and most.isdigit()):
        row.fault("most", what=most)
        most = ""
    return e.ReviewerEnrolled(
        reviewer_id=row["reviewer_id"], name=row["name"], organ_id=row["organ_id"],
        unit_id=row["unit_id"], line=row["line"], fields=row.several("fields"),
        conflicts=row.several("avoids"), most=int(most) if most else None,
        roles=_roles(row) or ("reviewer",),
    )  # fmt: skip


def _roles(row: Row) -> tuple[e.Roles, ...]:
    found = []
    for given in row.several("roles"):
        one = Row(row.line, {"roles": given}, row.faults)
        if code := one.code("roles", ROLES):
            found.append(code)
    return tuple(found)  # type: ignore[arg-type]
