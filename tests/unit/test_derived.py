"""Derived columns: numbers judged, their parts read, texts searched. All persons are invented."""

from __future__ import annotations

import datetime as dt
import random
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from stdnum import luhn
from stdnum.iso7064 import mod_11_2

from workbench.derived import pattern_fault
from workbench.facts.coverage import coverage_query, is_delivered
from workbench.facts.relations import put_codes
from workbench.loading import CaseFiles, load_case_files
from workbench.pack import lint_pack, read_pack
from workbench.pack.vocabulary import relations_of
from workbench.privacy import Role, visible_columns
from workbench.run import lint
from workbench.schema import Schema, parse_schema
from workbench.sources import read_source
from workbench.terms import Fault
from workbench.trials import _prefixed

SCHEMA = """
tables:
  cases:
    title: {zh: 案件, en: Cases}
    required: true
    key: [case_id]
    columns:
      case_id: {type: id, label: {zh: 案件编号, en: Case id}}
      organ_id: {type: id, label: {zh: 机关, en: Organ}}
  parties:
    title: {zh: 当事人, en: Parties}
    key: [party_id]
    columns:
      party_id: {type: id, label: {zh: 编号, en: Party id}}
      case_id: {type: id, label: {zh: 案件编号, en: Case id}, references: cases.case_id}
      code_kind:
        type: code
        label: {zh: 号码种类, en: Kind of number}
        codes: {uscc: {zh: 信用代码, en: Code}, id: {zh: 证, en: Id}, other: {zh: 其他, en: Rest}}
      code:
        type: text
        class: personal
        label: {zh: 号码, en: Number}
        format:
          by: code_kind
          uscc: {module: cn.uscc, length: 18, parts: {region: [3, 8]}}
          id: {module: iso7064.mod_11_2, length: 18, parts: {region: [1, 6], born_on: [7, 14]}}
      card: {type: id, label: {zh: 卡号, en: Card}, format: luhn}
  texts:
    title: {zh: 文本, en: Texts}
    key: [text_id]
    columns:
      text_id: {type: id, label: {zh: 编号, en: Text id}}
      case_id: {type: id, label: {zh: 案件编号, en: Case id}, references: cases.case_id}
      text: {type: text, label: {zh: 正文, en: Text}, scan: private}
  coverage:
    title: {zh: 字段, en: Fields}
    columns:
      organ_id: {type: id, label: {zh: 机关, en: Organ}}
      table: {type: text, label: {zh: 表, en: Table}}
      column: {type: text, label: {zh: 列, en: Column}}
      from_on: {type: date, label: {zh: 自, en: From}}
      to_on: {type: date, label: {zh: 至, en: To}}
"""
PRIVATE = [
    {"code": "mobile", "pattern": "1[3-9][0-9]{9}"},
    {"code": "person_id", "pattern": r"\d{17}[0-9X]", "module": "iso7064.mod_11_2"},
    {"code": "card", "pattern": "[0-9]{16,19}", "module": "luhn", "min_length": 16},
    {"code": "house", "pattern": "[0-9]+号", "zh": "门牌", "en": "House"},
]
LISTS: dict[str, Any] = {"private": [(line, row) for line, row in enumerate(PRIVATE, 2)]}
CASES = "case_id,organ_id\nC1,O1\nC2,O2\n"
USCC, ID = "91110000600037341L", "11010519491231002X"
MOBILE, OTHER_MOBILE = "13900001111", "15000002222"


def numbered(stem: str) -> str:
    return stem + luhn.calc_check_digit(stem)


def person(stem: str) -> str:
    return stem + mod_11_2.calc_check_digit(stem)


CARD = numbered("621700000000000")


def parsed(tmp_path: Path, text: str = SCHEMA, lists: Any = LISTS) -> tuple[Schema, list[Fault]]:
    path = tmp_path / "schema.yaml"
    path.write_text(text, "utf-8")
    source, faults = read_source(path, "schema.yaml")
    assert not faults
    return parse_schema(source, lists)


@pytest.fixture
def schema(tmp_path: Path) -> Schema:
    found, faults = parsed(tmp_path)
    assert not faults
    return found


class Folder:
    """Writes small folders and loads them."""

    def __init__(self, path: Path, schema: Schema):
        self.path, self.schema = path, schema
        path.mkdir()

    def load(self, **files: str) -> CaseFiles:
        for name, content in {"cases": CASES, **files}.items():
            (self.path / f"{name}.csv").write_text(content, "utf-8")
        return load_case_files(self.path, self.schema)

    def parties(self, *rows: str) -> CaseFiles:
        numbered_rows = [f"P{n:02},C1,{row}\n" for n, row in enumerate(rows)]
        return self.load(parties="party_id,case_id,code_kind,code\n" + "".join(numbered_rows))

    def found(self, *texts: str) -> list[tuple[Any, ...]]:
        rows = [f'T{n:02},C1,"{text}"\n' for n, text in enumerate(texts)]
        files = self.load(texts="text_id,case_id,text\n" + "".join(rows))
        return rows_of(files, "text_hits, text_found", "texts", "text_id")


@pytest.fixture
def folder(tmp_path: Path, schema: Schema) -> Folder:
    return Folder(tmp_path / "source", schema)


def rows_of(files: CaseFiles, columns: str, table: str, order: str) -> list[tuple[Any, ...]]:
    return files.engine.rows(f"SELECT {columns} FROM {table} ORDER BY {order}", "test")


def codes(files: CaseFiles, columns: str) -> list[tuple[Any, ...]]:
    return rows_of(files, columns, "parties", "party_id")


# -- format


@pytest.mark.parametrize("number", [USCC, "9135020033909160XF", "12120000401353789B"])
def test_real_numbers_of_organisations_are_valid(folder: Folder, number: str) -> None:
    files = folder.parties(f"uscc,{number}", f"uscc,{number[:-1]}0", f"uscc,{number}0")
    found = codes(files, "code_valid, code_region, code_born_on")
    region = number[2:8]
    assert found == [(True, region, None), (False, region, None), (False, None, None)]


def test_numbers_of_persons_give_their_region_and_day(folder: Folder) -> None:
    no_day = person("11010519491331002"[:17])
    files = folder.parties(f"id,{ID}", f"id,{ID[:-1]}1", f"id,{no_day}", "id,abc", f"id,{ID[:15]}")
    assert codes(files, "code_valid, code_region, code_born_on") == [
        (True, "110105", dt.date(1949, 12, 31)),
        (False, "110105", dt.date(1949, 12, 31)),
        (True, "110105", None),
        (False, None, None),
        (False, None, None),
    ]


def test_rows_of_no_form_are_neither_valid_nor_invalid(folder: Folder) -> None:
    files = folder.parties("uscc,", f"other,{ID}", f",{ID}", f"id,{USCC}", f"unheard,{ID}")
    assert codes(files, "code_valid") == [(None,), (None,), (None,), (False,), (None,)]


def test_an_id_column_with_a_short_format(folder: Folder) -> None:
    text = f"party_id,case_id,card\nP1,C1,{CARD}\nP2,C1,{CARD[:-1]}\nP3,C1,\n"
    files = folder.load(parties=text)
    assert codes(files, "card_valid") == [(True,), (False,), (None,)]


def test_without_the_source_or_its_kind_all_is_null(folder: Folder) -> None:
    files = folder.load(parties=f"party_id,case_id,code\nP1,C1,{ID}\n")
    assert codes(files, "code_valid, code_region, code_born_on") == [(None, None, None)]
    assert not files.has("parties", "code_valid")
    assert files.has("parties", "code")


@pytest.mark.parametrize("rows", ["", "P1,C9,id,x\n"])
def test_tables_without_rows_have_the_columns_too(folder: Folder, rows: str) -> None:
    files = folder.load(parties="party_id,case_id,code_kind,code\n" + rows)
    for name in ("parties", "texts"):
        described = files.engine.rows(f"DESCRIBE main.{name}", "test")
        wanted = {c.name: c.sql_type for c in files.schema.tables[name].all_columns.values()}
        assert {row[0]: row[1] for row in described} == wanted
    assert files.count("parties") == 0


def test_a_source_cannot_deliver_them(folder: Folder) -> None:
    files = folder.load(parties="party_id,case_id,code_valid\nP1,C1,true\n")
    assert codes(files, "code_valid") == [(None,)]
    assert [m.reason_code for m in files.report.messages] == ["unknown_column"]
    assert "code_valid" not in files.delivered["parties"]


def test_other_sessions_see_them(folder: Folder) -> None:
    apart = folder.parties(f"uscc,{USCC}").apart()
    assert codes(apart, "code_valid") == [(True,)]


def test_examples_put_no_prefix_before_a_number(schema: Schema) -> None:
    row = {"party_id": "P1", "case_id": "C1", "code": ID, "card": CARD}
    shown = _prefixed(schema.tables["parties"], row, "000:")
    assert shown == {"party_id": "000:P1", "case_id": "000:C1", "code": ID, "card": CARD}


# -- scan


def test_texts_with_and_without_hits(folder: Folder) -> None:
    assert folder.found("", "没有", f"电话{MOBILE}", f"{MOBILE},{OTHER_MOBILE};{MOBILE}") == [
        (None, None),
        (0, None),
        (1, "mobile"),
        (3, "mobile"),
    ]


def test_a_text_that_is_not_delivered_was_not_searched(folder: Folder) -> None:
    files = folder.load(texts="text_id,case_id\nT1,C1\n")
    assert rows_of(files, "text_hits, text_found", "texts", "text_id") == [(None, None)]


def test_a_match_inside_a_longer_run_of_digits_does_not_count(folder: Folder) -> None:
    inside = person("11013900001111" + "002")
    assert MOBILE in inside
    broken = inside[:-1] + ("1" if inside[-1] == "2" else "2")
    assert folder.found(f"x{inside}y", f"x{broken}y", f"0{MOBILE}", f"{MOBILE}0") == [
        (1, "person_id"),
        (0, None),
        (0, None),
        (0, None),
    ]


def test_modules_judge_the_matches(folder: Folder) -> None:
    wrong = CARD[:-1] + str((int(CARD[-1]) + 1) % 10)
    assert folder.found(f"卡号{CARD}。", f"卡号{wrong}。", f"{CARD} {wrong} {ID}") == [
        (1, "card"),
        (0, None),
        (2, "person_id;card"),
    ]


def test_of_overlapping_matches_the_longest_stands(folder: Folder) -> None:
    both = next(n for n in map(person, map(str, range(10**16, 10**17))) if luhn.is_valid(n))
    assert folder.found(f"{MOBILE}号", f"号码{both}", f"1号2号{MOBILE}") == [
        (1, "house"),  # one character longer than the mobile number in it
        (1, "person_id"),  # a card of the same length: listed later
        (3, "mobile;house"),
    ]


def test_codes_found_are_a_relation_of_their_own(folder: Folder) -> None:
    text = f"{MOBILE} {CARD}"
    files = folder.load(texts=f"text_id,case_id,text\nT1,C1,{text}\nT2,C2,\n").apart()
    pack = read_pack(Path("expectations/us_fda"))
    put_codes(files.engine, type(pack)(**{**vars(pack), "schema": files.schema}))
    found = rows_of(files, "text_id, case_id, code", "work.texts__text_found", "code")
    assert found == [("T1", "C1", "card"), ("T1", "C1", "mobile")]


def test_matches_are_those_of_python_on_random_texts(folder: Folder) -> None:
    """The places of matches are found again from the matches alone: a second witness."""
    draw = random.Random(7)
    texts = ["".join(draw.choices("1345号 X", k=40)) for _ in range(400)]
    house = re.compile("(?<![0-9])[0-9]+号")
    mobile = re.compile("(?<![0-9])1[3-9][0-9]{9}(?![0-9号])")
    rows = [f"T{n:04},C1,|{text}|\n" for n, text in enumerate(texts)]
    files = folder.load(texts="text_id,case_id,text\n" + "".join(rows))
    found = rows_of(files, "text_hits, text_found", "texts", "text_id")
    compared = [
        (hits, len(house.findall(text)) + len(mobile.findall(text)))
        for text, (hits, kinds) in zip(texts, found, strict=True)
        if {"mobile", "house"}.issuperset((kinds or "house").split(";"))
    ]
    assert len(compared) > 300
    assert [hits for hits, _ in compared] == [wanted for _, wanted in compared]


def test_many_rows(folder: Folder) -> None:
    rows = [f"T{n},C1,当事人第{n}人电话139{n:08}已核对\n" for n in range(100_000)]
    parties = [f"P{n},C1,id,{person(f'11010519491231{n % 1000:03}')}\n" for n in range(100_000)]
    files = folder.load(
        texts="text_id,case_id,text\n" + "".join(rows),
        parties="party_id,case_id,code_kind,code\n" + "".join(parties),
    )
    counts = "count(*), sum(text_hits), count(DISTINCT text_found)"
    assert files.engine.rows(f"SELECT {counts} FROM texts", "test") == [(100_000, 100_000, 1)]
    valid = "SELECT count(*) FROM parties WHERE code_valid AND code_born_on IS NOT NULL"
    assert files.engine.rows(valid, "test") == [(100_000,)]


# -- what other rooms see


def test_coverage_is_that_of_the_sources(folder: Folder) -> None:
    kinds = "party_id,case_id,code_kind,code\n"
    files = folder.load(
        parties=f"{kinds}P1,C1,unheard,{ID}\nP2,C2,id,{ID}\n", texts="text_id,case_id\nT1,C1\n"
    ).apart()
    assert is_delivered(files, "parties.code_valid")
    assert not is_delivered(files, "texts__text_hits")
    files.engine.run(
        "CREATE TABLE work.s AS SELECT case_id AS subject_id, case_id, organ_id, "
        "DATE '2025-01-01' AS period_on FROM cases",
        "test",
    )
    names = ["parties__code", "parties__code_valid", "texts__text_hits"]
    query, same = coverage_query(files, names, "work.s")
    assert not same
    # The kind of C1's party could not be read, so whether its number is valid cannot be told.
    found = files.engine.rows(f"SELECT * FROM ({query}) ORDER BY 1", "test")
    assert found == [("C1", True, False, False), ("C2", True, True, False)]


def test_coverage_by_organ_asks_for_every_source(folder: Folder) -> None:
    files = folder.load(
        parties=f"party_id,case_id,code_kind,code\nP1,C1,id,{ID}\n",
        coverage="organ_id,table,column\nO1,parties,code\nO2,parties,code\nO2,parties,code_kind\n",
    ).apart()
    files.engine.run(
        "CREATE TABLE work.s AS SELECT case_id AS subject_id, case_id, organ_id, "
        "DATE '2025-01-01' AS period_on FROM cases",
        "test",
    )
    query, _ = coverage_query(files, ["parties__code_valid"], "work.s")
    found = files.engine.rows(f"SELECT * FROM ({query}) ORDER BY 1", "test")
    assert found == [("C1", False), ("C2", True)]


def test_facts_may_read_them_and_parts_stay_private(schema: Schema) -> None:
    relations = relations_of(schema, {}, {}, [])
    assert {"code_valid", "code_region", "code_born_on", "card_valid"} <= relations["parties"]
    assert {"parties__code_valid", "texts__text_found"} <= relations["case_coverage"]
    assert relations["texts__text_found"] == {"text_id", "case_id", "code"}
    seen = visible_columns(schema, Role.leadership)["parties"]
    assert "code_valid" in seen
    assert not {"code", "code_region", "code_born_on"} & set(seen)
    assert schema.tables["texts"].derived["text_found"].codes["house"] == {
        "zh": "门牌",
        "en": "House",
    }


# -- lint

UNION = "          uscc: {module: cn.uscc, length: 18, parts: {region: [3, 8]}}\n"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("cn.uscc", "cn.usc", "'cn.usc' is no module of python-stdnum.*did you mean 'cn.uscc'"),
        ("cn.uscc", "os", "'os' is no module of python-stdnum"),
        ("format: luhn", "format: util", "'util' is no module"),
        ("[3, 8]", "[8, 3]", "part 'region': the first character, 8, is after the last, 3"),
        ("[3, 8]", "[0, 8]", r"needs \[first, last\], counted from 1"),
        ("[3, 8]", "[3, 19]", "ends at 19, and the number has 18 characters"),
        ("[7, 14]", "[7, 12]", "a day is written YYYYMMDD, in 8 characters, not 6"),
        ("region: [3, 8]", "Region: [3, 8]", "small letters"),
        ("length: 18, parts: {region: [3", "length: x, parts: {region: [3", "'x' is no length"),
        ("{module: cn.uscc, ", "{modul: cn.uscc, ", "a form needs 'module'"),
        ("by: code_kind", "by: codekind", "is no column of type code.*did you mean 'code_kind'"),
        ("          uscc: {m", "          usc: {m", "'usc' is no code of 'code_kind'.*'uscc'"),
        ("region: [1, 6]", "valid: [1, 6]", "makes a column 'code_valid', which is there already"),
        ("scan: private", "scan: privat", "no list 'lists/privat.csv'.*did you mean 'private'"),
        ("type: text, label: {zh: 正文", "type: date, label: {zh: 正文", "a date has no 'scan'"),
        ("{type: id, label: {zh: 编号, en: P", "{format: luhn, type: id, label: {zh: 编号, en: P",
         "a key or a reference has no 'format'"),
        ("references: cases.case_id}\n      code_kind", "references: cases.x}\n      code_kind",
         "references 'cases.x'"),
    ],
)  # fmt: skip
def test_lint_names_the_slip(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in SCHEMA
    text = SCHEMA.replace(old, new, 1)
    faults = [str(fault) for fault in parsed(tmp_path, text)[1]]
    assert re.search(says, "\n".join(faults)), faults
    word = new.splitlines()[0]
    lines = [n for n, line in enumerate(text.splitlines(), 1) if word in line]
    if "there already" not in says:
        assert any(f"line {n}:" in fault for fault in faults for n in lines), faults


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"code": "a", "pattern": "("}, "is no regular expression"),
        ({"code": "a", "pattern": "(?=a)b"}, "not every engine"),
        ({"code": "a", "pattern": "x*"}, "matches where there is nothing"),
        ({"code": "a", "pattern": "x{2}{3}"}, "is no regular expression|nothing that RE2"),
        ({"code": "a", "pattern": None}, "'a' has no pattern"),
        ({"code": "a;b", "pattern": "x"}, "'a;b' is no code"),
        ({"code": "a", "pattern": "x", "module": "lun"}, "'lun' is no module.*'luhn'"),
        ({"code": "a", "pattern": "x", "min_length": "two"}, "'two' is no min_length"),
    ],
)
def test_lint_names_the_row_of_a_list(tmp_path: Path, row: dict[str, Any], says: str) -> None:
    faults = parsed(tmp_path, lists={"private": [(2, PRIVATE[0]), (3, row)]})[1]
    assert [(f.file, f.line) for f in faults] == [("lists/private.csv", 3)]
    assert re.search(says, str(faults[0]))


def test_a_list_without_patterns_is_named(tmp_path: Path) -> None:
    faults = parsed(tmp_path, lists={"private": [(2, {"code": "a", "form": "x"})]})[1]
    assert "lists/private.csv has no column pattern" in str(faults[0])


@pytest.mark.parametrize(
    "pattern", [r"\b1", r"\w+", r"\s1", r"a\Z", "(?i)a", "(?<=a)b", "^a", "a$", "[[:alpha:]]",
                "[a&&b]", "[]a]", "a*+", "a{,3}", "a{1001}", r"(a)\1", r"\p{L}", "a\\", "[a"],
)  # fmt: skip
def test_patterns_on_which_engines_differ_are_refused(pattern: str) -> None:
    assert pattern_fault(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\d{17}[\dXx]", r"\++", r"\[a\]", "[一-龥]{2,4}", "(?:ab|c)+?", r"[^\]\[]", r"\\x"]
)
def test_patterns_on_which_engines_agree(pattern: str) -> None:
    assert pattern_fault(pattern) is None


PATTERNS = """code,pattern,module,min_length,from_on,to_on
mobile,"1[3-9][0-9]{9}",,11,2020-01-01,
"""
# In the facts of a shipped pack: a number that is valid, and a text that holds what it may not.
OFFICES = """
    CASE WHEN c.letter_no_valid AND f.code IS NULL THEN 1
         WHEN v.cases__letter_no_valid AND v.cases__subject_found
          AND v.cases__unit_id AND v.units__unit_id THEN 0 END AS offices_count"""
EXAMPLES = f"""
  - name: numbers and texts
    check: office-known
    given:
      cases:
        - {{case_id: a, letter_no: "{CARD}", subject: harmless}}
        - {{case_id: b, letter_no: "{CARD[:-1]}", subject: harmless}}
        - {{case_id: c, letter_no: "{CARD}", subject: "call {MOBILE}"}}
        - {{case_id: d, unit_id: x}}
    expect: {{a: passed, b: failed, c: failed, d: failed}}
  - name: no numbers
    check: office-known
    not_delivered: [cases.letter_no]
    given: {{cases: [{{case_id: a, subject: harmless}}]}}
    expect: cannot_tell
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A shipped pack whose facts read derived columns."""
    folder = tmp_path / "us_fda"
    shutil.copytree("expectations/us_fda", folder)
    (folder / "lists").mkdir()
    (folder / "lists" / "private.csv").write_text(PATTERNS, "utf-8")
    edit(
        folder / "schema.yaml", r"letter_no: \{type: text,", "letter_no: {type: text, format: luhn,"
    )
    edit(folder / "schema.yaml", r"subject: \{type: text,", "subject: {type: text, scan: private,")
    edit(folder / "facts/identity.sql", r"(?s)\n    CASE WHEN u\.unit_id.*offices_count", OFFICES)
    join = "LEFT JOIN cases__subject_found f ON f.case_id = c.case_id\n"
    edit(folder / "facts/identity.sql", "LEFT JOIN units.*\n", join)
    edit(folder / "examples/identity.yaml", r"(?s)\n  - name: an office on the list.*", EXAMPLES)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text, count = re.subn(old, lambda _: new, path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(text, "utf-8")


def test_facts_and_examples_of_a_whole_pack(pack: Path) -> None:
    """Lint runs the pack over empty tables, and every example through the same loader."""
    assert lint(str(pack), examples=True) == []
    check = read_pack(pack).checks["office-known"]
    reads = read_pack(pack).reads_of(check)
    assert {"cases.letter_no", "cases.letter_no_valid"} <= reads


def test_lint_hints_at_derived_columns(pack: Path) -> None:
    edit(pack / "facts/identity.sql", "c.letter_no_valid", "c.letter_no_vald")
    assert "did you mean 'letter_no_valid'" in str(lint_pack(pack)[1][0])


def test_lint_names_the_line_of_a_pattern(pack: Path) -> None:
    edit(pack / "lists/private.csv", ",11,", ",eleven,")
    assert str(lint_pack(pack)[1][0]).startswith("lists/private.csv, line 2: 'mobile': 'eleven'")
