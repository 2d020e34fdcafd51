from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mail import auth

EXCHANGE = (
    "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=contoso.example; dkim=pass (signature was verified)"
    " header.d=contoso.example;dmarc=bestguesspass action=none header.from=contoso.example;"
    "compauth=pass reason=109"
)
GMAIL = (
    "mx.example.org; dkim=fail header.i=@list.example; dkim=pass header.i=@contoso.example header.s=s1;"
    ' spf=softfail (domain "spf=pass" is not) smtp.mailfrom="spf=pass; dmarc=pass"@evil.example'
)


@pytest.mark.parametrize(
    ("value", "spf", "dkim", "dmarc"),
    [
        (EXCHANGE, "pass", "pass", "bestguesspass"),
        (GMAIL, "softfail", "pass", "none"),
        ("mx.example 1; SPF = FAIL", "fail", "none", "none"),
        ("mx.example; spf/1=neutral; dkim/1=none", "neutral", "none", "none"),
    ],
)
def test_verdicts(value: str, spf: str, dkim: str, dmarc: str) -> None:
    assert auth.results(value) == {"spf": spf, "dkim": dkim, "dmarc": dmarc}


@pytest.mark.parametrize("value", ["", "mx.example; none", "mx.example; auth=pass smtp.auth=x", "(spf=pass)"])
def test_no_verdicts(value: str) -> None:
    assert auth.results(value) is None


@given(st.text())
def test_never_raises(text: str) -> None:
    auth.results(text)
    auth.results(f"spf={text}")
