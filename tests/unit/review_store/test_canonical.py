"""Any JSON goes into a store and comes back; its hash is the one that others compute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.review_store import outsider
from tests.unit.review_store.tampering import Intruder
from workbench.review.store import ReviewStore
from workbench.review.store.canonical import canonical, parsed
from workbench.review.store.entry import Row, entry_hash
from workbench.review.store.verifying import verify_store

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
BODIES = st.dictionaries(TEXTS, JSON, max_size=5)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=200)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReviewStore]:
    where = str(tmp_path_factory.mktemp("any") / "review.sqlite")
    if request.param == "postgres":
        where = f"{request.getfixturevalue('postgres')}&schema=anything"
    with ReviewStore.open(where) as opened:
        yield opened
        assert verify_store(where).whole
        assert outsider.whole(Intruder(where).rows(), opened.store_id, [])
        opened._unsaved = 0


@given(bodies=st.lists(BODIES, min_size=1, max_size=4), subject=LINES)
def test_any_json_round_trips_and_verifies(
    store: ReviewStore, bodies: list[Any], subject: str
) -> None:
    """Verified when all examples are in (see `store`)."""
    with store.writing() as writing:
        added = [writing.append("rating", "Li", b, subject=subject) for b in bodies]
    assert [entry.body for entry in added] == bodies
    assert store.entries(added[0].seq - 1) == added


@given(JSON)
def test_canonical_json_is_that_of_others_and_keeps_what_it_says(content: Any) -> None:
    text = canonical(content)
    assert text.encode("utf-8") == rfc8785.dumps(content)
    assert text == outsider.canonical(content)
    assert parsed(text) == content
    assert canonical(parsed(text)) == text


@given(BODIES, st.lists(LINES, min_size=7, max_size=7))
def test_an_entry_is_hashed_over_its_whole_canonical_json(body: Any, texts: list[str]) -> None:
    """The body goes in as it is stored; all of it together is still canonical."""
    at, actor, kind, round_id, subject, previous, store_id = texts
    row = Row(7, at, actor, kind, round_id, subject, canonical(body), previous, "", store_id)
    content = {name: value for name, value in row._asdict().items() if name != "hash"}
    assert entry_hash(row) == outsider.sha256({**content, "body": body})


@pytest.mark.parametrize(
    ("number", "text"),
    [  # RFC 8785, appendix B
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (-0.0, "0"), (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"), (1e21, "1e+21"), (1e23, "1e+23"),
        (9.999999999999997e22, "9.999999999999997e+22"), (1e-6, "0.000001"), (1e-7, "1e-7"),
        (333333333.3333333, "333333333.3333333"), (4.5, "4.5"), (0.002, "0.002"),
    ],
)  # fmt: skip
def test_numbers_are_spelt_as_the_standard_prints_them(number: float, text: str) -> None:
    assert canonical(number) == outsider.canonical(number) == text
    assert parsed(text) == number


def test_keys_stand_in_the_order_of_the_standard() -> None:
    """RFC 8785, 3.2.3: by UTF-16 units, so a surrogate pair stands before U+FB33."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(parsed(canonical(dict.fromkeys(keys)))) == ordered


def test_subclasses_are_kept_as_what_they_are(tmp_path: Path) -> None:
    from types import MappingProxyType

    from workbench.terms import Grade, Outcome

    body = {"grade": Grade.veto, "outcome": Outcome.failed, "pair": (1, 2)}
    with ReviewStore.open(tmp_path) as store, store.writing() as writing:
        entry = writing.append("rating", "Li", MappingProxyType(body))
    assert entry.body == {"grade": "veto", "outcome": 2, "pair": [1, 2]}
    assert type(entry.body["grade"]) is str
