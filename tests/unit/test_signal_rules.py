"""What packs and profiles say of signals: read, laid over one another, every slip named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workbench.pack import lint_pack, read_pack
from workbench.terms import PackError

FDA = Path(__file__).parents[2] / "expectations" / "us_fda"
CHECK = "posted-within-30cd"


def pack_with(folder: Path, signals: str) -> Path:
    copy = folder / "pack"
    shutil.copytree(FDA, copy)
    head = copy / "pack.yaml"
    head.write_text(head.read_text("utf-8") + signals, "utf-8")
    return copy


def test_a_pack_sets_weights_and_targets_and_a_profile_lays_its_own_over(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, f"\nsignals:\n  severity: {{major: 2}}\n"
                               f"  targets: {{{CHECK}: 0.1}}\n")  # fmt: skip
    rules = read_pack(pack).signals
    assert (rules.severity["major"], rules.severity["veto"]) == (2.0, 4.0)
    assert rules.targets == {CHECK: 0.1}
    own = tmp_path / "own.yaml"
    own.write_text(f"signals:\n  targets: {{{CHECK}: 0.02}}\n", "utf-8")
    bureau = read_pack(pack, own)
    assert bureau.signals.targets == {CHECK: 0.02}
    assert bureau.profile[f"signals.targets.{CHECK}"] == 0.02


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("targets: {posted-within-30dc: 0.1}", CHECK),
        (f"targets: {{{CHECK}: 5}}", "between 0 and 1"),
        ("severity: {grave: 1}", "unknown entry 'grave'"),
        ("severity: {major: much}", "a number from 0 up"),
        ("target: {}", "targets"),
        ("targets: 0.02", "names and numbers"),
        ("severity: [4, 3]", "names and numbers"),
    ],
)
def test_slips_are_named_with_their_line(tmp_path: Path, entry: str, said: str) -> None:
    faults = lint_pack(pack_with(tmp_path, f"\nsignals:\n  {entry}\n"))[1]
    assert len(faults) == 1
    assert faults[0].file == "pack.yaml"
    assert faults[0].line
    assert said in f"{faults[0].message} {faults[0].hint}"


def test_a_profile_that_sets_no_names_is_refused_with_its_line(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    for written in ("signals: 3\n", "signals: {targets: 3}\n"):
        own.write_text(written, "utf-8")
        with pytest.raises(PackError, match=r"own\.yaml, line 1"):
            read_pack(FDA, own)


def test_a_profile_with_an_unknown_check_is_refused(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("signals: {targets: {nothing: 0.1}}\n", "utf-8")
    with pytest.raises(PackError, match="nothing"):
        read_pack(FDA, own)
