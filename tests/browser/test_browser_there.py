"""On CI the tests of this folder must not be skipped."""

from __future__ import annotations

import os

import pytest

from workbench.benchmark.browser import HOW, find_browser


@pytest.mark.browser
@pytest.mark.skipif(os.environ.get("CI") != "true", reason="elsewhere they may be skipped")
def test_ci_has_a_browser() -> None:
    assert find_browser(), f"no browser: {HOW}"
