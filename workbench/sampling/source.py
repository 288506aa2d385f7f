"""What a draw reads of a run, and the columns a user may name: facts of class none, and checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from workbench import sqltext
from workbench.engines.base import Engine
from workbench.privacy import NONE
from workbench.terms import Outcome, UsageError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = {outcome.value: outcome.name for outcome in Outcome}


class SampledRun(Protocol):
    """The results of a run, as far as a draw needs them."""

    @property
    def engine(self) -> Engine:
        """Answers questions about the relations `work.*`."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the run was made of."""

    @property
    def checks(self) -> Mapping[str, Any]:
        """What its checks mean."""

    @property
    def case_asset(self) -> str:
        """The asset whose subjects are the cases."""

    @property
    def unit_names(self) -> dict[str, str]:
        """What people call units, by id."""

    @property
    def organ_names(self) -> dict[str, str]:
        """What people call organs, by id."""

    def fact_class(self, asset: str, fact: str | None) -> str:
        """The data class of a fact."""

    def words(self, codes: str | None, language: str) -> str:
        """Codes in words."""

    def frame(self, relation: str) -> pd.DataFrame:
        """A relation as a frame."""


@dataclass(frozen=True)
class Column:
    """A column that may be named: what stands for it in SQL, and of which kind its values are."""

    name: str
    sql: str
    kind: str  # text, number, day, boolean


_KINDS = {"BOOLEAN": "boolean", "DATE": "day", "VARCHAR": "text"}
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
            "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip


class Columns:
    """The columns of the cases of a run: facts `f`, outcomes `o` (see `relation`)."""

    def __init__(self, run: SampledRun):
        self.run = run
        self.facts = _described(run, "facts")
        tested = _described(run, "outcomes")
        known = run.checks["checks"]
        self.checks = [check for check in tested if check in known]

    @property
    def relation(self) -> str:
        """What stands after FROM."""
        facts, outcomes = (_relation(self.run, kind) for kind in ("facts", "outcomes"))
        return f"{facts} f JOIN {outcomes} o ON o.subject_id = f.subject_id"

    def find(self, name: str) -> Column:
        """A fact of class none, or a check (its values are the words of the outcomes).

        Raises `UsageError` for an unknown name, naming the nearest, and for one that is not open.
        """
        if name in self.checks:
            whens = " ".join(f"WHEN {code} THEN '{word}'" for code, word in OUTCOMES.items())
            return Column(name, f"CASE o.{sqltext.name(name)} {whens} END", "text")
        if name not in self.facts:
            known = [*self.facts, *self.checks]
            hint = did_you_mean(name, known) or "run.facts().columns lists the facts"
            raise UsageError(f"the cases have no column '{name}'; {hint}")
        data_class = self.run.fact_class(self.run.case_asset, name)
        if data_class != NONE:
            raise UsageError(
                f"'{name}' is {data_class} data: it may not stand in the record of a draw"
            )
        given = self.facts[name]
        sql = f"f.{sqltext.name(name)}"
        if given.startswith("TIMESTAMP"):
            return Column(name, f"CAST({sql} AS DATE)", "day")
        if given.startswith(_NUMBERS):
            return Column(name, sql, "number")
        if given not in _KINDS:
            raise UsageError(f"'{name}' cannot be sampled by: its values are of type {given}")
        return Column(name, sql, _KINDS[given])


def _relation(run: SampledRun, kind: str) -> str:
    return f"work.{sqltext.name(f'{kind}_{run.case_asset}')}"


def _described(run: SampledRun, kind: str) -> dict[str, str]:
    rows = run.engine.rows(f"DESCRIBE SELECT * FROM {_relation(run, kind)}", "sample columns")
    return {str(row[0]): str(row[1]).upper() for row in rows}
