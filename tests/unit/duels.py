"""Every outcome of a draw by risk, with its exact probability: nothing is simulated."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest

from workbench.sampling import drawing
from workbench.sampling.drawing import by_risk


def designs(chances: dict[str, Fraction], seed: str = "7") -> Iterator[tuple[set[str], Fraction]]:
    """Every outcome of the duels of one order, with its probability: nothing is simulated."""
    paths: list[list[bool]] = [[]]
    while paths:
        path = paths.pop()
        taken: list[bool] = []
        chance = Fraction(1)

        def scripted(
            seed: str, purpose: str, what: str, part: int, of: int, path: list[bool] = path,
            taken: list[bool] = taken,
        ) -> bool:  # fmt: skip
            nonlocal chance
            answer = path[len(taken)] if len(taken) < len(path) else True
            if len(taken) >= len(path):
                paths.append([*path, *taken[len(path) :], False])
            taken.append(answer)
            chance *= Fraction(part if answer else of - part, of)
            return answer

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drawing, "happens", scripted)
            chosen = set(by_risk(chances, seed))
        if chance:
            yield chosen, chance
