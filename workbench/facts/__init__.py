"""Facts: one named value per subject, made by a pack's SQL and clocks."""

from workbench.facts.build import (
    FactTable,
    build_facts,
    latest_day,
)
from workbench.facts.classes import fact_classes
from workbench.facts.coverage import is_delivered
from workbench.facts.lineage import deciding_columns
from workbench.facts.rule_hash import rule_hashes

__all__ = [
    "FactTable",
    "build_facts",
    "deciding_columns",
    "fact_classes",
    "is_delivered",
    "latest_day",
    "rule_hashes",
]
