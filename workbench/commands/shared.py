"""What several commands show alike."""

from __future__ import annotations

from typing import Any


class progress:
    """A bar in a terminal, silent in a pipe."""

    def __enter__(self) -> Any:
        from tqdm import tqdm

        self.bar = tqdm(total=None, bar_format="{desc} {elapsed}", leave=False, disable=None)
        return self.tell

    def tell(self, step: str) -> None:
        self.bar.set_description_str(step)
        self.bar.refresh()

    def __exit__(self, *error: object) -> None:
        self.bar.close()
