"""In which encoding a text is written that is no UTF-8: by evidence, and with its doubt.

The bytes of one East Asian encoding often are valid in another, where they spell rare characters
that nobody writes in a row. So each encoding that fits is weighed by how common its characters
are: the most frequent ones of simplified and traditional Chinese, and kana. Two encodings of
nearly the same weight, or too few characters to tell, leave a doubt that the load report names.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

SAMPLE = 1 << 18  # bytes that are weighed
FEW = 12  # characters beyond ASCII that are too few to tell
SURE = 2.0  # how many times the weight of the next best makes an encoding the sure one
LITTLE = 0.05  # a weight below which nothing speaks for an encoding
MOST_DAMAGE = 0.01  # of the characters

# The characters most often written, and those of headers and records.
_SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用"
    "道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军"
    "者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见"
    "被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真"
    "论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直"
    "德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记"
    "南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运案罚款号编机关当事单位期"
    "限违许可证检查局执送达诉听证额元笔录审核示例称码区县街镇企业营类别备注决"
)
_TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用"
    "道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍"
    "者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見"
    "被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真"
    "論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直"
    "德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記"
    "南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運案罰款號編機關當事單位期"
    "限違許可證檢查局執送達訴聽證額元筆錄審核示例稱碼區縣街鎮企業營類別備註決"
)
_JAPANESE = (
    "日一人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川"
    "千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨会同事自社発者地業方新場員立開手力問代明動京"
    "目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運"
    "終台広住真有口少町料工建空急止送切転研足究楽起着店病質待試族銀早映親験英医仕去味写字答夜音注帰古歌買"
    "悪図週室歩風紙黒花春赤青館屋色走秋夏習駅洋旅服夕借曜飲肉貸堂鳥飯勉冬昼茶弟牛魚兄犬妹姉漢番号住所氏案"
    "件違反労働基準法局署令和平成株式有限会社公表措置処分許可申請決定期間罰金納付"
)
_KANA = frozenset(chr(code) for code in (*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC))
# Marks that stand in any text: no evidence for one encoding or another.
_NEUTRAL = frozenset("，。、；：？！（）《》〈〉「」『』【】“”‘’—…·　－／％＋＝～①②③④⑤")

_COMMON: dict[str, frozenset[str]] = {
    "gb18030": frozenset(_SIMPLIFIED),
    "cp932": frozenset(_JAPANESE) | _KANA,
    "big5hkscs": frozenset(_TRADITIONAL),
    "euc_jp": frozenset(_JAPANESE) | _KANA,
}
# What people call them.
TITLES = {
    "gb18030": "GB18030",
    "cp932": "Shift-JIS",
    "big5hkscs": "Big5",
    "euc_jp": "EUC-JP",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-8": "UTF-8",
}


@dataclass(frozen=True)
class Guess:
    """The encoding that fits best; `rival` is one that fits nearly as well (empty: none does)."""

    encoding: str
    damaged: bool = False
    rival: str = ""


def guess(data: bytes) -> Guess:
    """The encoding of bytes that are no UTF-8, or hold zeros.

    Broken UTF-8 often decodes as GB18030, into nonsense. So other encodings are weighed only if
    most of the lines with bytes beyond ASCII are no UTF-8.

    >>> guess("案件,日期\\n行政处罚决定书,无\\n".encode("gb18030")).encoding
    'gb18030'
    >>> guess("労働基準法,違反の事案\\n".encode("cp932")).encoding
    'cp932'
    >>> guess("案件,行政處罰決定書\\n".encode("big5")).encoding
    'big5hkscs'
    """
    if wide := _wide(data):
        return Guess(wide)
    if _fits(data, "utf-8"):  # one long line, cut in the middle of a character
        return Guess("utf-8")
    telling = [line for line in data.split(b"\n") if not line.isascii()]
    broken = sum(not _fits(line, "utf-8") for line in telling)
    if broken * 2 <= len(telling):
        return Guess("utf-8", damaged=True)
    weights = _weights(telling)
    whole = [name for name in weights if _fits(data, name)]
    if whole:
        return Guess(whole[0], rival=_rival(whole, weights, telling))
    best = next(iter(weights), "")
    if best and weights[best] > LITTLE:
        return Guess(best, damaged=True)
    return Guess("utf-8", damaged=True)


def _wide(data: bytes) -> str:
    """UTF-16, by its mark or by the zeros beside its digits and line breaks."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16" if _fits(data, "utf-16") else ""
    head = data[:4096]
    if b"\0" not in head:
        return ""
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) * 8 > len(zeros) and _fits(data, name):
            return name
    return ""


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except (UnicodeDecodeError, ValueError):
        return False
    return True


def _weights(lines: list[bytes]) -> dict[str, float]:
    """The encodings that fit, the heaviest first: the share of characters that are common."""
    sample = b"\n".join(lines)[:SAMPLE]
    found = {}
    for name, common in _COMMON.items():
        text = sample.decode(name, errors="replace")
        telling = [sign for sign in text if ord(sign) > 0x7F and sign not in _NEUTRAL]
        damage = text.count("\ufffd")
        if telling and damage <= max(1, MOST_DAMAGE * len(telling)):
            found[name] = sum(sign in common for sign in telling) / len(telling)
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _rival(whole: list[str], weights: dict[str, float], lines: list[bytes]) -> str:
    """The encoding that could have been meant as well, where the evidence is thin."""
    best, others = whole[0], whole[1:]
    if not others:
        return ""
    signs = sum(ord(sign) > 0x7F for sign in b"\n".join(lines)[:SAMPLE].decode(best, "replace"))
    thin = signs < FEW and weights[best] < 0.5
    close = weights[best] < SURE * weights[others[0]] or weights[best] < LITTLE
    return TITLES[others[0]] if thin or close else ""
