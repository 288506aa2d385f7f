"""Makes `sample_data/hrss/files`, and the list of them in the pack's `synthesis` folder.

    python -m tests.tools.make_sample_originals

Needs a browser (it prints the documents and draws the photos) and ffmpeg (it cuts the video); both
only here. Every page, picture and film says 合成数据. Two files are not what the case file says, on
purpose: one was altered after it was recorded, one is missing; one has no recorded hash. After
this, make the sample anew: `workbench synthesize sample_data/hrss --cases 2000 --seed 20260630`.
"""

from __future__ import annotations

import csv
import hashlib
import math
import struct
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from workbench.benchmark.browser import chromium

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "hrss"
LIST = ROOT / "expectations" / "hrss" / "synthesis" / "originals.csv"
CASES, SEED = "2000", "20260630"
TITLES = {
    "transcript": "询问笔录", "notice": "行政处罚事先告知书", "decision": "行政处罚决定书",
    "service_receipt": "送达回证",
}  # fmt: skip
# table, id, folder, suffix, what becomes of it
FILES = [
    ("documents", "D018708", "99-2026-00064", "pdf", ""),
    ("documents", "D018709", "99-2026-00064", "jpg", ""),
    ("documents", "D018713", "99-2026-00064", "pdf", "missing"),
    ("documents", "D018717", "99-2026-00064", "pdf", ""),
    ("documents", "D018718", "99-2026-00064", "pdf", "altered"),
    ("recordings", "V01863", "99-2026-00064", "webm", ""),
    ("recordings", "V01864", "99-2026-00064", "wav", ""),
    ("documents", "D018271", "9903-2026-00031", "pdf", ""),
    ("documents", "D018272", "9903-2026-00031", "png", "no_hash"),
    ("documents", "D018279", "9903-2026-00031", "pdf", ""),
    ("recordings", "V01813", "9903-2026-00031", "mp4", ""),
    ("documents", "D018101", "99-2026-00042", "pdf", ""),
]
STYLE = """
@page { size: A4; margin: 25mm 24mm; }
body { font: 15px/1.9 "Noto Serif CJK SC", serif; color: #111; }
h1 { font-size: 25px; text-align: center; letter-spacing: 3px; margin: 6mm 0 2mm; }
.organ { text-align: center; font-size: 19px; } .no { text-align: center; }
p { text-indent: 2em; margin: 2mm 0; } .q { text-indent: 0; }
.seal { margin: 18mm 0 0 auto; width: 40mm; height: 40mm; border: 2px dashed #b00; color: #b00;
  border-radius: 50%; text-align: center; line-height: 40mm; font-size: 13px; }
.day { text-align: right; } .new { break-before: page; }
"""
CODECS = {
    ".webm": "-c:v libvpx -b:v 90k -an",
    ".mp4": "-c:v libx264 -pix_fmt yuv420p -crf 30 -movflags +faststart -an",
}
SCENE = """<svg xmlns="http://www.w3.org/2000/svg" width="960" height="640">
<rect width="960" height="640" fill="#cfd8dd"/>
<rect y="430" width="960" height="210" fill="#8d9a8b"/>
<rect x="130" y="150" width="700" height="300" fill="#e9e2d2" stroke="#6b6152" stroke-width="4"/>
<rect x="400" y="290" width="150" height="160" fill="#5d4b3a"/><g fill="#9fb8c9" stroke="#6b6152">
<rect x="180" y="210" width="120" height="90"/><rect x="650" y="210" width="120" height="90"/></g>
<rect x="300" y="165" width="360" height="54" fill="#8c2615"/>
<text x="480" y="203" font-size="30" fill="#fff" text-anchor="middle">{sign}</text>
<text x="480" y="540" font-size="46" fill="#b00" text-anchor="middle">合成数据 · 现场照片</text>
<text x="480" y="590" font-size="24" text-anchor="middle" fill="#222">{note}</text></svg>"""


def rows(table: str, key: str) -> dict[str, dict[str, str]]:
    with (SAMPLE / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return {row[key]: row for row in csv.DictReader(handle)}


# A line is a paragraph; {} stands for what the sample says of the case.
BODIES = {
    "decision": """当事人：{party}
案号：{case_no}
经查：当事人涉嫌未依法办理合成事项。上述事实有询问笔录、现场照片和音像记录为证。
决定：罚款人民币{fine_yuan}元。当事人应当自收到本决定书之日起按载明的方式缴纳。
不服本决定的，可以依法申请行政复议或者提起行政诉讼。""",
    "notice": """当事人：{party}
经调查，当事人涉嫌未依法办理合成事项，拟作出罚款的行政处罚。
你（单位）有陈述、申辩的权利。""",
    "service_receipt": """受送达人：{party}
送达文书：{case_no}案 行政处罚决定书
送达日期：{made_on}
受送达人签收：（合成签名）""",
    "transcript": """被询问人单位：{party}
时间：{made_on}
问：请说明本单位的用工人数。
答：现有合成员工二十六人。
问：是否按月支付工资？
答：有两个月没有按时支付，已经补发。
问：以上记录是否属实？
答：属实。（合成签名）""",
}
# In the margin of every page.
MARK = """<div style="width:100%; text-align:center; color:#b00; font-size:10px">
合成数据 · 虚构的示例市，不涉及任何真实案件、单位或个人</div>"""
SECOND = """（第二页）
执法人员出示了执法证件，告知了申请回避的权利。
本页为合成数据，用于演示翻页。"""
PAGE = """<!doctype html><html lang=zh-CN><meta charset=utf-8><title>合成数据</title>
<style>{style}</style>
<div class=organ>{organ}</div><h1>{title}</h1><div class=no>{number}</div>{body}</html>"""


def paragraphs(text: str, kind: str = "") -> str:
    return "".join(f'<p class="{kind}">{escape(line)}</p>' for line in text.splitlines())


def document(row: dict[str, str], case: dict[str, str], party: str, extra: str) -> str:
    """The page of a document; what it says stands in the sample too, or is plainly invented."""
    kind = row["kind"]
    text = BODIES[kind].format_map({**case, "made_on": row["made_on"], "party": party}) + extra
    if kind == "transcript":
        body = paragraphs(text, "q") + "<div class=new></div>" + paragraphs(SECOND)
    else:
        day = f"<p class=day>{row['made_on']}</p>"
        body = paragraphs(text) + "<div class=seal>合成数据 印章</div>" + day
    return PAGE.format(
        style=STYLE, organ=escape(case["acting_name"]), title=TITLES[kind],
        number=escape(row["document_no"]), body=body,
    )  # fmt: skip


def sound(path: Path, seconds: float = 4.0, rate: int = 8000) -> None:
    """Four tones, one a second: no voice of anybody."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for n in range(int(seconds * rate)):
            tone = (262, 330, 392, 523)[int(n / rate) % 4]
            loud = 6000 * (1 - (n / rate) % 1)
            file.writeframes(struct.pack("<h", int(loud * math.sin(2 * math.pi * tone * n / rate))))


def film(page: Any, path: Path, note: str) -> None:
    """Five seconds of the drawn scene with a running clock."""
    with tempfile.TemporaryDirectory() as folder:
        page.set_viewport_size({"width": 480, "height": 320})
        for n in range(10):
            scene = SCENE.format(sign="示例公司", note=f"{note}　第 {n / 2:.1f} 秒")
            page.set_content(f'<body style="margin:0"><div style="zoom:.5">{scene}</div>')
            page.screenshot(path=f"{folder}/{n:02d}.png")
        codec = CODECS[path.suffix].split()
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", "-framerate", "2", "-i",
                        f"{folder}/%02d.png", "-r", "10", *codec, "-map_metadata", "-1", str(path)],
                       check=True)  # fmt: skip


def make(page: Any, table: str, key: str, path: Path, extra: str = "") -> None:
    if table == "recordings":
        row = rows("recordings", "recording_id")[key]
        sound(path) if path.suffix == ".wav" else film(page, path, row["captured_at"][:10])
        return
    row = rows("documents", "document_id")[key]
    case = rows("cases", "case_id")[row["case_id"]]
    party = rows("parties", "party_id")[case["party_id"]]["name"]
    if path.suffix == ".pdf":
        page.set_content(document(row, case, party, extra))
        page.pdf(path=str(path), prefer_css_page_size=True, display_header_footer=True,
                 header_template=MARK, footer_template=MARK)  # fmt: skip
    else:
        page.set_viewport_size({"width": 960, "height": 640})
        scene = SCENE.format(sign="示例公司", note=f"{row['made_on']}　{case['case_id']}")
        page.set_content(f'<body style="margin:0">{scene}')
        page.screenshot(path=str(path), **({"quality": 60} if path.suffix == ".jpg" else {}),
                        type="jpeg" if path.suffix == ".jpg" else "png")  # fmt: skip


def made(page: Any, folder: Path) -> Iterator[list[str]]:
    for table, key, case, suffix, fate in FILES:
        path = folder / "files" / case / f"{key}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        make(page, table, key, path)
        digest = "" if fate == "no_hash" else hashlib.sha256(path.read_bytes()).hexdigest()
        if fate == "missing":
            path.unlink()
        elif fate == "altered":
            make(page, table, key, path, "\n（事后添加：已于次日补签。）")
        yield [CASES, SEED, table, key, path.relative_to(folder).as_posix(), digest]


def main() -> None:
    with chromium() as browser:
        page = browser.new_page()
        found = list(made(page, SAMPLE))
    with LIST.open("w", encoding="utf-8", newline="") as handle:
        handle.write(
            "# The files beside the published sample: tests/tools/make_sample_originals.py\n"
        )
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["cases", "seed", "table", "id", "file", "sha256"])
        writer.writerows(found)


if __name__ == "__main__":
    main()
