"""Chinese and English: the same view, all of it in one language, no word left unfilled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.browser.desk import Desk
from tests.browser.witness import Witness

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parent.parent.parent
WORDS = [
    ROOT / "workbench" / "dashboards" / "words.yaml",
    ROOT / "workbench" / "reports" / "report_words.yaml",
    ROOT / "workbench" / "reports" / "case_words.yaml",
]
HAN = re.compile("[一-鿿]")
UNFILLED = re.compile(r"\{[a-z_]*\}|\b(None(?! here)|NaN|nan|NaT|undefined|null|\[object)\b")
# Every text that a person can read or hear, piece by piece; the switch is in the other language.
PIECES = """() => {
  const found = [document.title];
  const walker = document.createTreeWalker(document.querySelector(".wb-page"),
    NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.nodeType === 1 ? node : node.parentElement;
    if (element.closest(".wb-language, select[data-runs], script, style")) continue;
    if (node.nodeType === 3) found.push(node.data);
    else for (const name of ["title", "aria-label", "alt", "placeholder"])
      if (node.getAttribute(name)) found.push(node.getAttribute(name));
  }
  return found.map((text) => text.trim()).filter((text) => text);
}"""


def views(witness: Witness) -> dict[str, dict[str, str]]:
    """Every kind of view of a run."""
    check = next(iter(witness.systems.values()))
    found = {
        "overview": {},
        "some": {"last": "2025-01"},
        "deadlines": {"page": "deadlines", "due": "overdue"},
        "weak": {"page": "weak"},
        "bottlenecks": {"page": "bottlenecks"},
        "no case": {"page": "case", "subject": "0000"},
        "none": {"first": "2099-01"},
    }
    for asset, outcome in (("cases", "failed"), ("cases", "cannot_tell"), ("other", "failed")):
        for name, about in witness.about["checks"].items():
            if (about["asset"] == "cases") == (asset == "cases"):
                found[f"{asset} {outcome}"] = {"page": "check", "check": name, "outcome": outcome}
    findings = witness.findings.dropna(subset="case_id")
    failed = findings[findings.check_id == check].case_id
    found["case"] = {"page": "case", "subject": failed.iloc[0]}
    if any(witness.findings.veto_candidate):
        found["veto"] = {"page": "case",
                         "subject": findings[findings.veto_candidate].case_id.iloc[0]}  # fmt: skip
    return found


def of_the_files(witness: Witness) -> list[str]:
    """Texts that come from the case files or quote the law, and so have their own language."""
    about = witness.about
    texts = list(witness.names.values())
    for check in about["checks"].values():
        texts += [check["clause"], check["rule"], check["duty"].get("source", "")]
    texts += [rule["clause"] for rule in about["flow"]["order"]]
    for source in about["sources"].values():
        texts += [str(value) for value in source.values()]
    cases = pd.read_parquet(witness.folder / "facts" / "cases.parquet")
    texts += cases["case_no"].dropna().tolist() if "case_no" in cases else []
    return sorted({text for text in texts if text}, key=len, reverse=True)


def templates(language: str) -> list[re.Pattern[str]]:
    """Our own words of one language, where the other one says it differently."""
    found = []
    for path in WORDS:
        for texts in yaml.safe_load(path.read_text("utf-8")).values():
            parts = re.split(r"\{\w+\}", texts[language])
            if texts["zh"] != texts["en"] and re.search("[A-Za-z一-鿿]", "".join(parts)):
                found.append(re.compile(".+?".join(re.escape(part) for part in parts), re.DOTALL))
    return found


@pytest.mark.parametrize("which", ["hrss", "us_fda"])
def test_one_language_and_nothing_unfilled(
    desk: Desk, which: str, request: pytest.FixtureRequest
) -> None:
    """Each piece of text of each view, in both languages."""
    witness: Witness = request.getfixturevalue(which)
    own, english = of_the_files(witness), templates("en")
    ids = re.compile(r"[\w-]*\d[\w-]*")
    for name, state in views(witness).items():
        for language in ("zh", "en"):
            desk.go(run=witness.run_id, lang=language, **state)
            pieces: list[Any] = desk.page.evaluate(PIECES)
            assert len(pieces) > 20
            unfilled = [text for text in pieces if UNFILLED.search(text)]
            assert unfilled == [], (name, language)
            for text in pieces:
                rest = text
                for known in own:
                    rest = rest.replace(known, "")
                if language == "en":
                    assert not HAN.search(rest), (name, text)
                elif re.search("[A-Za-z]{3}", ids.sub("", rest)):
                    assert not [p for p in english if p.fullmatch(text)], (name, text)


def test_the_switch_keeps_the_view(desk: Desk, hrss: Witness) -> None:
    state = {"run": hrss.run_id, "lang": "zh", "page": "check", "organ": "99", "first": "2025-01",
             "check": "archive-required-docs", "outcome": "passed", "at": "1"}  # fmt: skip
    desk.go(**state)
    rows = [row[0] for row in desk.rows()]
    for language, title in (("en", "Case-file Workbench"), ("zh", "案卷评查工作台")):
        desk.click(".wb-language")
        assert desk.state == state | {"lang": language}
        assert [row[0] for row in desk.rows()] == rows
        assert desk.page.input_value("#wb-filter-organ") == "99"
        assert desk.page.input_value("#wb-filter-first") == "2025-01"
        assert desk.page.title().endswith(title)
        assert desk.page.evaluate("document.documentElement.lang").split("-")[0] == language
        assert desk.page.get_attribute(".wb-page", "lang") == language


def test_the_title_names_the_view(desk: Desk, hrss: Witness) -> None:
    desk.go(run=hrss.run_id, lang="en", page="check", check="archive-required-docs")
    title = hrss.about["checks"]["archive-required-docs"]["title"]["en"]
    assert desk.page.title().startswith(title)
    assert desk.text("h2").startswith(title)
    desk.go(run=hrss.run_id, lang="en", page="deadlines")
    assert desk.page.title().startswith("Deadlines")


def test_without_a_language_a_run_speaks_its_packs(desk: Desk, us_fda: Witness) -> None:
    """The page was opened without an address, in a Chinese browser: it shows the newest run."""
    assert desk.first["hash"] == f"#run={us_fda.run_id}&lang=en"
    assert desk.first["lang"] == "en"
    assert desk.first["title"].startswith("Overview")
