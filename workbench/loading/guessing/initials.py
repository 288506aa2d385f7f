"""First letters of Chinese words, as old databases name their columns: LARQ for 立案日期.

GB 2312 keeps its 3,755 common characters in the order of their Pinyin, so where a character stands
tells its first letter. Rare characters and second readings are not told.
"""

from __future__ import annotations

from bisect import bisect_right

# Where in GB 2312 the characters of each letter begin.
_STARTS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"),
    (0xB8C1, "g"), (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"),
    (0xC4C3, "n"), (0xC5B6, "o"), (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"),
    (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"), (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_CODES = [code for code, _ in _STARTS]
_END = 0xD7F9


def initials(word: str) -> str | None:
    """The first letters of a Chinese word; None where one of its characters is not told.

    >>> initials("立案日期"), initials("结案日期"), initials("date")
    ('larq', 'jarq', None)
    """
    found = [_letter(sign) for sign in word]
    return "".join(map(str, found)) if found and None not in found else None


def _letter(sign: str) -> str | None:
    try:
        data = sign.encode("gb2312")
    except UnicodeEncodeError:
        return None
    code = int.from_bytes(data, "big")
    if len(data) != 2 or not _CODES[0] <= code <= _END:
        return None
    return _STARTS[bisect_right(_CODES, code) - 1][1]
