from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import charset

LABELS = [
    ("utf-8", "utf_8"),
    ("UTF8", "utf_8"),
    ("iso-8859-1", "cp1252"),
    ("latin1", "cp1252"),
    ("ISO_8859-15", "iso8859_15"),
    ("iso88592", "iso8859_2"),
    ("windows-1251", "cp1251"),
    ("win-1251", "cp1251"),
    ("cp-850", "cp850"),
    ("gb2312", "gb18030"),
    ("x-gbk", "gb18030"),
    ("ks_c_5601-1987", "cp949"),
    ("Shift_JIS", "cp932"),
    ("x-sjis", "cp932"),
    ("csISO2022JP", "iso2022_jp"),
    ("koi8-u", "koi8_u"),
    ("macintosh", "mac_roman"),
    ("unicode-1-1-utf-7", "utf_7"),
    ("utf-8*en", "utf_8"),
]


@pytest.mark.parametrize(("label", "codec"), LABELS)
def test_labels_of_real_mail_are_known(label: str, codec: str) -> None:
    assert charset.known(label)[0] == codec


@pytest.mark.parametrize(
    "label",
    ["", "x-unknown", "idna", "punycode", "zlib", "base64", "rot13", "unicode_escape", "mbcs", "os", "../x"],
)
def test_what_is_no_charset_is_not_used(label: str) -> None:
    assert charset.known(label) == ()
    assert charset.decode("ä".encode(), label) == "ä"


def test_every_codec_exists() -> None:
    for name in charset._CODECS:
        assert codecs.lookup(name)


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        (b"plain", "", "plain"),
        ("grün".encode(), "", "grün"),
        (b"gr\xfcn", "", "grün"),
        (b"gr\xfcn", "us-ascii", "grün"),
        (b"gr\xfcn", "utf-8", "grün"),
        ("grün".encode(), "us-ascii", "grün"),
        ("grün".encode(), "iso-8859-2", "grĂźn"),
        (b"\x93quoted\x94 \x80", "iso-8859-1", "“quoted” €"),
        ("grün".encode() + b"\xff", "utf-8", "grün\ufffd"),
        ("\ufeffx".encode(), "utf-8", "x"),
        ("grün".encode("utf-16"), "", "grün"),
        ("grün".encode("utf-16-be"), "utf-16", "grün"),
        ("grün".encode("utf-16-le"), "utf-16", "grün"),
        ("日本".encode("iso2022_jp"), "iso-2022-jp", "日本"),
        ("日本".encode("iso2022_jp"), "", "日本"),
        (b"\x1b$B-!\x1b(B", "iso-2022-jp", "①"),
        (b"\x1b(I1\x1b(B", "iso-2022-jp", "ｱ"),
        ("中国囧".encode("gb18030"), "gb2312", "中国囧"),
        ("한국똠".encode("cp949"), "euc-kr", "한국똠"),
        ("①表".encode("cp932"), "shift_jis", "①表"),
        ("Привет".encode("koi8_r"), "koi8-r", "Привет"),
        (b"+AGE-", "utf-7", "a"),
    ],
)
def test_bytes_become_the_right_text(data: bytes, label: str, text: str) -> None:
    assert charset.decode(data, label) == text


@given(st.binary(), st.one_of(st.text(max_size=20), st.sampled_from(sorted(charset._CODECS))))
def test_never_raises_and_can_be_written(data: bytes, label: str) -> None:
    charset.decode(data, label).encode("utf-8")
