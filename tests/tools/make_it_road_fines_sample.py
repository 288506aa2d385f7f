"""Makes `sample_data/it_road_fines`: an invented event log of 200 fines, in the form of a real one.

    python tests/tools/make_it_road_fines_sample.py sample_data/it_road_fines

The real log may be used and cited, not shipped. Nothing of it is here but the names of its
activities and attributes; days and amounts are drawn, and the same seed draws the same ones.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

FINES, SEED = 200, 20260630
ROME = ZoneInfo("Europe/Rome")
Event = tuple[str, date, dict[str, str]]
HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Invented data (synthetic): no fine in it was ever given. -->
<log xes.version="1.0" xes.features="nested-attributes">
\t<string key="concept:name" value="Road traffic fines, synthetic"/>
"""


def make_log() -> str:
    """The text of the log."""
    draw = random.Random(SEED)
    traces = [_trace(f"S{number}", _fine(draw)) for number in range(1, FINES + 1)]
    return HEAD + "".join(traces) + "</log>\n"


def _fine(draw: random.Random) -> Iterator[Event]:
    """One fine: paid at once, or sent, notified, and then paid, appealed or collected."""
    day = date(2010, 1, 1) + timedelta(days=draw.randrange(900))
    amount = draw.choice((22.0, 36.0, 38.0, 74.0))
    yield "Create Fine", day, {"amount": f"{amount}", "dismissal": "NIL", "article": "157"}
    if draw.random() < 0.3:
        yield _payment(day + timedelta(days=draw.randrange(30)), amount)
        return
    expense = 13.0
    sent = day + timedelta(days=draw.randrange(20, 90) if draw.random() < 0.7 else 120)
    yield "Send Fine", sent, {"expense": f"{expense}"}
    told = sent + timedelta(days=draw.randrange(7, 30))
    yield "Insert Fine Notification", told, {"notificationType": "P"}
    way = draw.random()
    if way < 0.2:
        yield from _appeal(draw, told)
        return
    if way < 0.4:
        yield _payment(told + timedelta(days=draw.randrange(1, 60)), amount + expense)
        return
    penalty = told + timedelta(days=60 if draw.random() < 0.9 else 58)
    yield "Add penalty", penalty, {"amount": f"{amount * 2}"}
    paid = draw.random()
    if paid < 0.3:
        yield _payment(penalty + timedelta(days=40), amount * 2 + expense)
    if paid > 0.25:  # a few that are paid go to collection all the same
        yield "Send for Credit Collection", penalty + timedelta(days=400), {}


def _appeal(draw: random.Random, told: date) -> Iterator[Event]:
    made = told + timedelta(days=draw.randrange(5, 60) if draw.random() < 0.8 else 75)
    yield "Insert Date Appeal to Prefecture", made, {}
    if draw.random() < 0.1:
        return
    forwarded = made + timedelta(days=draw.randrange(5, 60) if draw.random() < 0.6 else 90)
    yield "Send Appeal to Prefecture", forwarded, {"dismissal": "#"}
    if draw.random() < 0.5:
        result = forwarded + timedelta(days=draw.randrange(60, 200))
        yield "Receive Result Appeal from Prefecture", result, {}
        if draw.random() < 0.8:
            yield "Notify Result Appeal to Offender", result + timedelta(days=10), {}


def _payment(day: date, amount: float) -> Event:
    return "Payment", day, {"paymentAmount": f"{amount}", "totalPaymentAmount": f"{amount}"}


def _trace(name: str, events: Iterator[Event]) -> str:
    lines = [f'\t<trace>\n\t\t<string key="concept:name" value="{name}"/>\n']
    for activity, day, more in events:
        midnight = datetime(day.year, day.month, day.day, tzinfo=ROME).isoformat()
        cells = [("string", "concept:name", activity), ("date", "time:timestamp", midnight)]
        cells += [(_kind(value), key, value) for key, value in more.items()]
        inner = "".join(f'<{kind} key="{key}" value="{value}"/>' for kind, key, value in cells)
        lines.append(f"\t\t<event>{inner}</event>\n")
    return "".join([*lines, "\t</trace>\n"])


def _kind(value: str) -> str:
    return "float" if "." in value else "string"


if __name__ == "__main__":
    (Path(sys.argv[1]) / "fines.xes").write_text(make_log(), "utf-8")
