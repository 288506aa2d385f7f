"""Event logs: every trace and event is a row, and a hostile or damaged log ends in a sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from workbench.loading.log_sheets import LogFile
from workbench.terms import InputError

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="UNKNOWN"/></global>
  <string key="source" value="a test"/>
"""
LOG = (
    HEAD
    + """
  <trace>
    <string key="concept:name" value="A1"/><string key="kind" value="speeding"/>
    <event><string key="concept:name" value="Create"/><float key="amount" value="35.0"/>
      <date key="time:timestamp" value="2006-07-24T00:00:00.000+02:00"/></event>
    <event><string key="concept:name" value="Pay"/>
      <string key="by" value="post"><string key="office" value="7"/></string></event>
  </trace>
  <trace><string key="concept:name" value="A2"/></trace>
  <trace>
    <event><string key="concept:name" value="&lt;罚款&gt;"/>
      <list key="tags"><values><string key="t" value="x"/></values></list></event>
  </trace>
</log>
"""
)


def sheets(path: Path, text: str | bytes, name: str = "log.xes") -> dict[str, pd.DataFrame]:
    data = text.encode() if isinstance(text, str) else text
    (path / name).write_bytes(data)
    found = {}
    for sheet in LogFile(path / name, name).sheets():
        names = sheet.header().names
        raw = sheet.read(list(range(len(names))))
        columns = {names[at]: column.to_pylist() for at, column in raw.columns.items()}
        found[sheet.page] = pd.DataFrame(columns, index=raw.rows.to_pylist())
    return found


@pytest.mark.parametrize("packed", [False, True])
def test_traces_and_events_are_rows(tmp_path: Path, packed: bool) -> None:
    data = gzip.compress(LOG.encode()) if packed else LOG.encode()
    found = sheets(tmp_path, data, "log.xes.gz" if packed else "log.xes")
    assert found["traces"].fillna("").to_dict("list") == {
        "concept:name": ["A1", "A2", ""],
        "kind": ["speeding", "", ""],
    }
    assert found["events"].fillna("").to_dict("list") == {
        "case:concept:name": ["A1", "A1", ""],
        "concept:name": ["Create", "Pay", "<罚款>"],
        "amount": ["35.0", "", ""],
        "time:timestamp": ["2006-07-24T00:00:00.000+02:00", "", ""],
        "by": ["", "post", ""],
    }
    assert list(found["events"].index) == [1, 2, 3]


def test_what_is_no_cell_is_counted(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text(LOG, "utf-8")
    traces, _ = LogFile(tmp_path / "log.xes", "log.xes").sheets()
    notes = {note.reason_code: note.count for note in traces.header().notes}
    assert set(notes) == {"nested_attributes"}


def test_elements_may_have_a_prefix(tmp_path: Path) -> None:
    tags = ("log", "trace", "event", "string", "float", "date", "list", "values", "global")
    text = LOG.replace("xmlns=", "xmlns:x=")
    for tag in (*tags, "extension"):
        text = text.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
        text = text.replace(f"</{tag}>", f"</x:{tag}>")
    plain, prefixed = sheets(tmp_path, LOG), sheets(tmp_path, text)
    assert all(plain[page].equals(prefixed[page]) for page in ("traces", "events"))


def test_events_outside_all_traces_are_kept_and_told(tmp_path: Path) -> None:
    loose = '<event><string key="concept:name" value="Lost"/></event></log>'
    found = sheets(tmp_path, LOG.replace("</log>", loose))["events"]
    assert list(found["concept:name"]) == ["Create", "Pay", "<罚款>", "Lost"]
    assert found["case:concept:name"].isna().to_list() == [False, False, True, True]
    _, events = LogFile(tmp_path / "log.xes", "log.xes").sheets()
    assert [(note.reason_code, note.count) for note in events.header().notes] == [
        ("loose_events", 1)
    ]


def test_names_and_samples(tmp_path: Path) -> None:
    (tmp_path / "log.xes").write_text(LOG, "utf-8")
    traces, events = LogFile(tmp_path / "log.xes", "log.xes").sheets()
    assert (traces.name, events.name) == ("log.xes[traces]", "log.xes[events]")
    assert (events.file, events.page, events.stem) == ("log.xes", "events", "events")
    assert events.sample(1).columns[0].to_pylist() == ["A1"]
    assert len(events.scan.sha256) == 64


BOMB = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><log>&b;</log>'
OUTSIDE = '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><log>&x;</log>'
DEEP = HEAD + "<trace>" + '<string key="a" value="b">' * 100
HUGE = HEAD + f'<trace><string key="a" value="{"x" * (2 << 20)}"/></trace></log>'
WIDE = HEAD + "<trace>" + "".join(f'<int key="k{n}" value="1"/>' for n in range(3000))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "document type"),
        (OUTSIDE, "document type"),
        (DEEP, "32 elements in one another"),
        (HUGE, "a value of 2,097,152 characters"),
        (WIDE, "more than 2,000 kinds"),
        ("<html><body/></html>", "first element is <html>"),
        (LOG[: LOG.index("<trace><string")], "1 traces and 2 events before it were sound"),
        (LOG.replace("</event>", "", 1), "no sound XML in line"),
        ("", "no sound XML"),
        (gzip.compress(LOG.encode())[:-20], "the packed file is damaged"),
        (gzip.compress(LOG.encode()[:200]), "no sound XML"),
        (gzip.compress((HEAD + " " * (300 << 20)).encode(), 9), "holds more than"),
    ],
    ids=["bomb", "outside", "deep", "huge", "wide", "html", "cut", "tags", "empty", "gz", "cut gz",
         "zip bomb"],
)  # fmt: skip
def test_a_bad_log_ends_in_a_sentence(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(InputError) as caught:
        sheets(tmp_path, text)
    assert words in str(caught.value)
    assert str(caught.value).startswith("log.xes: ")


def test_an_empty_log_has_no_rows(tmp_path: Path) -> None:
    found = sheets(tmp_path, HEAD + "</log>")
    assert found["traces"].empty
    assert found["events"].empty
