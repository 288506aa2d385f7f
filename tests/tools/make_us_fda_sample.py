"""Makes `sample_data/us_fda/warning_letters.csv` from the public list of FDA warning letters.

    python tests/tools/make_us_fda_sample.py ORIGINAL.csv > sample_data/us_fda/warning_letters.csv

Kept: both dates, the issuing office, the subject, as they stand. Removed: the company, and the
address of the page (its last part spells the company). The number of the letter is kept where the
address ends in `<number>-<mmddyyyy>`, which says nothing else. Rows keep their order and get a
running `case_id`, because letter numbers are neither complete nor unique.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from pathlib import Path

COLUMNS = ("case_id", "letter_number", "posted_date", "letter_date", "issuing_office", "subject")
# The site appends -0, -1, ... where an address was already taken.
_TAIL = re.compile(r"-(\d{5,7})-\d{8}(?:-\d+)?$")


def make_sample(original: Path) -> str:
    """The text of the shipped file."""
    with original.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows, 1):
        tail = _TAIL.search(row["url"])
        letter = tail[1] if tail else ""
        subject = "" if names_company(row["subject"], row["company"]) else row["subject"]
        dates = (row["posted_date"], row["letter_date"])
        writer.writerow((f"fda-{number:04}", letter, *dates, row["issuing_office"], subject))
    return out.getvalue()


def names_company(subject: str, company: str) -> bool:
    """Does a subject spell the company it was written to? (None of the 3,374 does.)"""
    plain = re.sub(r"[^a-z0-9]+", " ", subject.casefold())
    names = re.split(r"\bd/?b/?a\b|/|\(|,", company.casefold())
    spelled = (re.sub(r"[^a-z0-9]+", " ", name).strip() for name in names)
    return any(len(name) > 4 and re.search(rf"\b{re.escape(name)}\b", plain) for name in spelled)


if __name__ == "__main__":
    sys.stdout.write(make_sample(Path(sys.argv[1])))
