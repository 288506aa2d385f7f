"""Every duty of the two seed documents is held by something that exists."""

from __future__ import annotations

import re
from pathlib import Path

from workbench.pack import read_pack

PACK = Path(__file__).parents[2] / "expectations" / "hrss"
ID = re.compile(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`")


def test_every_duty_is_held_by_a_check_a_criterion_or_a_reason() -> None:
    pack = read_pack(PACK)
    known = {*pack.checks, *pack.criteria}
    lines = (PACK / "traceability.md").read_text("utf-8").splitlines()
    rows = [line.split("|")[1:-1] for line in lines if line.startswith("| ")][1:]
    duties = [row for row in rows if row[0].strip() not in ("place", "---")]
    assert len(duties) > 80
    named: set[str] = set()
    for place, demand, held in duties:
        found = ID.findall(held)
        assert found or held.strip().startswith("none: "), (place, demand)
        assert [name for name in found if name not in known] == [], (place, demand)
        named |= set(found)
    from_seeds = {c.id for c in pack.checks.values() if re.search(r"S[12]", c.clause or "")}
    assert from_seeds - named == set()
    assert set(pack.criteria) - named == set()
    assert len(pack.criteria) == 24
