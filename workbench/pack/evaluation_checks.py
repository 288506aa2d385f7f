"""The rules of a round of evaluation against the rest of their pack (`evaluation` in pack.yaml)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from workbench.pack.model import Pack
from workbench.sources import Source
from workbench.terms import Fault, did_you_mean

# Rules whose value is a dated parameter of the pack.
RULES = (
    "gap_limit", "ratings_per_case", "other_organs_only", "reply_days", "rectification_days",
    "full",
)  # fmt: skip
# Facts of the cases: who handled one, how often it was ruled on, how often it stood.
FACTS = ("handled_by", "ruled_on", "upheld")
# The list of accountability measures: its columns.
MEASURES = ("target", "measure", "from_on", "to_on", "clause")


def check_evaluation(pack: Pack, source: Source) -> Iterator[Fault]:
    """Every rule is known, and what it names is there."""
    cases = [asset.id for asset in pack.assets.values() if asset.table == "cases"]
    facts = [fact for asset in cases for fact in pack.fact_names(asset)]
    for rule, name in pack.evaluation.items():
        known: Collection[str] = ()
        if rule in RULES:
            known = pack.parameters
        elif rule in FACTS:
            known = facts
        elif rule == "measures":
            known = pack.lists
        else:
            hint = did_you_mean(rule, [*RULES, *FACTS, "measures"])
            yield source.fault(("evaluation",), f"no rule '{rule}' in a round", hint)
            continue
        if name not in known:
            hint = did_you_mean(name, known)
            yield source.fault(("evaluation", rule), f"'{rule}': there is no '{name}'", hint)
    listed = pack.lists.get(pack.evaluation.get("measures", ""))
    if listed and (absent := sorted(set(MEASURES) - set(listed.columns))):
        message = f"the list '{listed.name}' needs {', '.join(absent)}"
        yield source.fault(("evaluation", "measures"), message)
