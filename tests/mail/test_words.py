from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import words


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?gr=C3=BCn?=", "grün"),
        ("=?UTF-8?b?Z3LDvG4=?=", "grün"),
        ("=?iso-8859-1?q?gr=FCn_und_gut?=", "grün und gut"),
        ("a =?utf-8?q?b?= c", "a b c"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E4?=", "aä"),
        ("=?utf-8?q?a=C3?= =?utf-8?q?=A4?=", "aä"),
        ("=?utf-8?b?Z3I?= =?utf-8?b?w7xu?=", "grün"),
        ("=?utf-8?b?Z3LDvG4?=", "grün"),
        ("=?utf-8?b?Z3LDvG4=?==?utf-8?b?IQ==?=", "grün!"),
        ("=?utf-8?q?what??=", "what?"),
        ("=?utf-8?q?hello world?=", "hello world"),
        ("x=?utf-8?q?y?=z", "xyz"),
        ("=?utf-8*en?q?y?=", "y"),
        ("=?x-unknown?q?=E4?=", "ä"),
        ("=?utf-8?x?abc?=", "=?x?abc?=".replace("=?x", "=?utf-8?x")),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?", "=?"),
        ("=?=", "=?="),
        ("=?utf-8?q??=", ""),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("a =?utf-8?q?b?= ", "a b "),
    ],
)
def test_encoded_words(field: str, text: str) -> None:
    assert words.decode(field) == text


@given(st.text())
def test_never_raises(text: str) -> None:
    words.decode(text)
    words.decode(f"=?utf-8?q?{text}?= =?utf-8?b?{text}?=")
