"""Topics of a pack in the first view: which of them stand as one row that can be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.reports.results import grouped_checks, topic_titles

FITTING = 20  # checks that still fit one below another on a screen
Title = Mapping[str, str]
Group = tuple[str, Sequence[str]]  # a topic and its checks


def folded_topics(described: Mapping[str, Any]) -> dict[str, Title]:
    """Topics of several checks with their titles; none where all checks fit on a screen.

    `described` is what `describe_checks` gives.
    """
    checks = described["checks"].values()
    if len(checks) <= FITTING:
        return {}
    its = [about["topic"] for about in checks]
    return {t: title for t, title in topic_titles(described).items() if its.count(t) > 1}


def topics_by_system(described: Mapping[str, Any]) -> list[tuple[Title, list[Group]]]:
    """Under the title of each system its topics, each with its checks in reading order.

    What belongs to no system stands last, under {}. Where nothing is folded, all checks of a
    system are one group, under "".
    """
    folded = folded_topics(described)
    return [
        (title, _by_topic(described, checks) if folded else [("", checks)])
        for title, checks in grouped_checks(described)
    ]


def _by_topic(described: Mapping[str, Any], checks: Sequence[str]) -> list[Group]:
    its: dict[str, list[str]] = {topic: [] for topic in topic_titles(described)}
    for check in checks:
        its[described["checks"][check]["topic"]].append(check)
    return [(topic, found) for topic, found in its.items() if found]
