"""A bureau's own rest days: the `calendar` of a profile.

Local holidays and one-off closings (a typhoon, a festival) are no law of the pack: a bureau
names each day, whether it is a working day there, and the notice that says so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeAlias

from workbench.sources import Place, Source, unknown_entries
from workbench.terms import Fault

# Each day with whether it is a working day, and where it stands.
OwnDays: TypeAlias = dict[date, tuple[bool, Fault]]

_KEYS = ("day", "working", "source")


def own_days(profile: Source) -> tuple[OwnDays, list[Fault]]:
    """`calendar: [{day: 2026-07-15, working: false, source: ...}]` with every fault of it."""
    days: OwnDays = {}
    faults: list[Fault] = []
    entries = (profile.content or {}).get("calendar") or []
    if not isinstance(entries, list):
        return {}, [profile.fault(("calendar",), "a list of days", _EXPECTED)]
    for index, entry in enumerate(entries):
        place: Place = ("calendar", index)
        if not isinstance(entry, dict):
            faults.append(profile.fault(place, "no entry of a day", _EXPECTED))
            continue
        faults += unknown_entries(profile, place, entry, set(_KEYS))
        day, working = entry.get("day"), entry.get("working")
        if not isinstance(day, date) or isinstance(day, datetime):
            faults.append(profile.fault(place, f"{day!r} is no day", "expected 2026-10-01"))
        elif not isinstance(working, bool):
            faults.append(profile.fault(place, "'working' is true or false"))
        elif not entry.get("source"):
            faults.append(profile.fault(place, f"{day} needs a 'source': the notice that says so"))
        elif day in days:
            faults.append(profile.fault(place, f"{day} stands twice"))
        else:
            days[day] = (working, profile.fault(place, ""))
    return days, faults


_EXPECTED = "expected {day: 2026-07-15, working: false, source: the notice}"
