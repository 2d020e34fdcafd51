"""Bytes to text, whatever charset a mail names, misnames or leaves out."""

from __future__ import annotations

import re
from encodings.aliases import aliases
from functools import lru_cache

# Labels of real mail and the codecs to try for them, strictest first. Supersets stand in for the charset
# named, as in the WHATWG Encoding Standard, because senders name the subset and use the superset.
_LABELS: dict[str, tuple[str, ...]] = {
    "us_ascii": ("ascii",),
    "iso_8859_1": ("cp1252",),
    "iso8859_1": ("cp1252",),
    "latin1": ("cp1252",),
    "latin_1": ("cp1252",),
    "iso_8859_9": ("cp1254",),
    "iso_8859_11": ("cp874",),
    "iso_8859_8_i": ("iso8859_8",),
    "iso_8859_8_e": ("iso8859_8",),
    "iso_8859_6_i": ("iso8859_6",),
    "iso_8859_6_e": ("iso8859_6",),
    "tis_620": ("cp874",),
    "windows_874": ("cp874",),
    "gb2312": ("gb18030",),
    "gb_2312_80": ("gb18030",),
    "gb_2312": ("gb18030",),
    "gbk": ("gb18030",),
    "x_gbk": ("gb18030",),
    "cp936": ("gb18030",),
    "euc_cn": ("gb18030",),
    "gb18030": ("gb18030",),
    "hz_gb_2312": ("hz",),
    "big5": ("big5hkscs", "cp950"),
    "big5_hkscs": ("big5hkscs", "cp950"),
    "x_x_big5": ("big5hkscs", "cp950"),
    "ks_c_5601_1987": ("cp949",),
    "ks_c_5601": ("cp949",),
    "ksc5601": ("cp949",),
    "euc_kr": ("cp949",),
    "windows_949": ("cp949",),
    "shift_jis": ("cp932",),
    "shiftjis": ("cp932",),
    "sjis": ("cp932",),
    "x_sjis": ("cp932",),
    "ms_kanji": ("cp932",),
    "windows_31j": ("cp932",),
    "cp943c": ("cp932",),
    "cp50220": ("iso2022_jp",),
    "cp50221": ("iso2022_jp",),
    "macintosh": ("mac_roman",),
    "x_mac_roman": ("mac_roman",),
    "x_mac_cyrillic": ("mac_cyrillic",),
    "koi8_ru": ("koi8_u",),
    "koi8": ("koi8_r",),
    "unicode_1_1_utf_7": ("utf_7",),
    "utf8mb4": ("utf_8",),
    "unicode_1_1_utf_8": ("utf_8",),
    "utf_16le": ("utf_16_le",),
    "utf_16be": ("utf_16_be",),
    "utf_32le": ("utf_32_le",),
    "utf_32be": ("utf_32_be",),
}
# Codecs that decode bytes to something else, exist on Windows only, or interpret what they read.
_NOT_TEXT = frozenset(
    {
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "mbcs",
        "oem",
    }
)
_CODECS = (frozenset(aliases.values()) - _NOT_TEXT) | {"cp720", "cp856", "cp874", "cp875", "cp1006", "koi8_u"}
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE_JP = re.compile(rb"\x1b(\$[@B]|\$\(D|\([BJI])")
_BOMS: tuple[tuple[bytes, str], ...] = (
    (b"\xef\xbb\xbf", "utf_8"),
    (b"\xff\xfe\x00\x00", "utf_32"),
    (b"\x00\x00\xfe\xff", "utf_32"),
    (b"\xff\xfe", "utf_16"),
    (b"\xfe\xff", "utf_16"),
)


def decode(data: bytes, label: str = "") -> str:
    """Text of `data`, by the charset `label` when it is known and fits, else by what the bytes look like.

    Never raises; bytes that fit nowhere become U+FFFD. The answer has no lone surrogates and no leading BOM.
    """
    codecs = known(label) if label else ()
    if not codecs or codecs == ("ascii",):
        return guess(data)
    text = _first(data, codecs)
    if text is None:
        text = _repaired(data, codecs[0])
    return _clean(text)


def guess(data: bytes, hint: str = "") -> str:
    """Text of bytes without a usable charset: BOM, ISO-2022-JP escapes, UTF-8, the charset `hint` that stands
    elsewhere in the mail, else Windows-1252."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        pass
    else:
        return _iso2022_jp(data) if b"\x1b$" in data else text
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _clean(data.decode(codec, "replace"))
    text8 = _first(data, ("utf_8",))
    if text8 is None and hint:
        text8 = _first(data, known(hint))
    return _clean(text8) if text8 is not None else _utf8_or_western(data)


@lru_cache(maxsize=256)
def known(label: str) -> tuple[str, ...]:
    """Codec names to try for a charset label, () for one that is not a charset.

    Only Python's text codecs are ever named: looking up any string would import modules by the sender's word,
    and `idna`, `punycode` or `zlib` are codecs too.
    """
    name = _PUNCTUATION.sub("_", label[:64].lower().split("*", 1)[0]).strip("_")
    for candidate in (
        name,
        name.removeprefix("x_"),
        name.removeprefix("cs"),
        name.replace("win_", "windows_"),
    ):
        if candidate in _LABELS:
            return _LABELS[candidate]
        codec = aliases.get(candidate, candidate)
        if codec in _CODECS:
            return _LABELS.get(codec, (codec,))
    squeezed = name.replace("_", "")
    return next(((codec,) for codec in (squeezed, *_respelled(squeezed)) if codec in _CODECS), ())


def _respelled(name: str) -> list[str]:
    """Spellings such as `windows1252`, `iso88591` and `utf8` as Python names them."""
    if match := re.fullmatch(r"(?:windows|win|cp|dos|ibm)(\d{3,4})", name):
        return [f"cp{match[1]}"]
    if match := re.fullmatch(r"(?:iso|latin)?8859(\d{1,2})", name):
        return ["cp1252" if match[1] == "1" else f"iso8859_{match[1]}"]
    return ["utf_8"] if name.startswith("utf8") else []


def _first(data: bytes, codecs: tuple[str, ...]) -> str | None:
    for codec in codecs:
        try:
            return data.decode(_with_order(data, codec))
        except UnicodeError:
            continue
    return None


def _with_order(data: bytes, codec: str) -> str:
    """UTF-16 without a BOM: the byte order in which more of the high bytes are zero."""
    if codec != "utf_16" or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return codec
    head = data[:2000]
    return "utf_16_be" if head[0::2].count(0) > head[1::2].count(0) else "utf_16_le"


def _repaired(data: bytes, codec: str) -> str:
    if codec == "utf_8":
        return _utf8_or_western(data)
    if codec.startswith("iso2022_jp"):
        return _iso2022_jp(data)
    text = _first(data, ("utf_8",))
    return text if text is not None else data.decode(_with_order(data, codec), "replace")


def _utf8_or_western(data: bytes) -> str:
    """Damaged UTF-8 when any letter of it is sound, else Windows-1252."""
    text = data.decode("utf_8", "replace")
    sound = any(char > "\x7f" and char != "�" for char in set(text))
    return text if sound else data.decode("cp1252", "replace")


def _iso2022_jp(data: bytes) -> str:
    """ISO-2022-JP as mailers really send it (CP50221): NEC characters, half-width kana and stray 8-bit too.

    Python's own codec refuses these; so each run between escapes is turned into Shift JIS.
    """
    strict = _first(data, ("iso2022_jp", "iso2022_jp_ext"))
    if strict is not None:
        return strict
    pieces: list[str] = []
    mode, start = b"(B", 0
    for match in _ESCAPE_JP.finditer(data):
        pieces.append(_japanese(data[start : match.start()], mode))
        mode, start = match[1], match.end()
    pieces.append(_japanese(data[start:], mode))
    return "".join(pieces)


def _japanese(run: bytes, mode: bytes) -> str:
    if mode in (b"$B", b"$@"):
        return b"".join(_shifted(run[i], run[i + 1]) for i in range(0, len(run) - 1, 2)).decode(
            "cp932", "replace"
        )
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in run).decode("cp932", "replace")
    return run.decode("utf_8", "replace")


def _shifted(row: int, cell: int) -> bytes:
    """One JIS X 0208 pair (both 0x21…0x7e) in Shift JIS."""
    if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
        return bytes((row & 0x7F, cell & 0x7F))
    lead = ((row - 0x21) >> 1) + 0x81
    trail = cell + (0x1F if cell < 0x60 else 0x20) if row & 1 else cell + 0x7E
    return bytes((lead if lead <= 0x9F else lead + 0x40, trail))


def _clean(text: str) -> str:
    return _SURROGATE.sub("�", text.removeprefix("\ufeff"))
