"""The round that the tests of papers write about, at two moments."""

from __future__ import annotations

import pytest

from tests.unit.papering import the_round, told_round, whole_round
from workbench.review.state import RoundState


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> RoundState:
    """Units have been told, nobody has replied."""
    with told_round(tmp_path_factory.mktemp("told")) as (lead, _):
        return the_round(lead)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> RoundState:
    """Results are final, rectifications demanded, one of them verified."""
    with whole_round(tmp_path_factory.mktemp("whole")) as (lead, _):
        return the_round(lead)
