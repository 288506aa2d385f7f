"""Where the packs and the sample data lie: beside the package here, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path


def shared_folder(name: str) -> Path:
    """The folder `expectations` or `sample_data`, from a wheel or from a checkout."""
    inside = Path(__file__).parent / "_share" / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name
