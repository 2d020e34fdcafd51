"""mailto: URLs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cli.mailto import parse_mailto
from tui.model.draft import Draft

URLS = [
    ("mailto:a@b.example", Draft("me", to="a@b.example")),
    ("MAILTO:a@b.example", Draft("me", to="a@b.example")),
    ("mailto:a@b.example,c@d.example", Draft("me", to="a@b.example,c@d.example")),
    ("mailto:?to=a@b.example&to=c@d.example", Draft("me", to="a@b.example, c@d.example")),
    (
        "mailto:a@b.example?cc=c@d.example&BCC=e%40f.example",
        Draft("me", to="a@b.example", cc="c@d.example", bcc="e@f.example"),
    ),
    ("mailto:?subject=Gr%C3%BC%C3%9Fe%20an%20alle", Draft("me", subject="Grüße an alle")),
    ("mailto:?body=one%0D%0Atwo", Draft("me", body="one\ntwo")),
    ("mailto:?subject=a+b", Draft("me", subject="a+b")),
    ("mailto:?attach=/etc/passwd&from=x@y.example", Draft("me")),
    ("mailto:", Draft("me")),
]


@pytest.mark.parametrize(("url", "draft"), URLS)
def test_urls_become_drafts(url: str, draft: Draft) -> None:
    assert parse_mailto(url, "me") == draft


@pytest.mark.parametrize("field", ["subject", "to", "cc", "bcc"])
def test_no_line_break_gets_into_a_header(field: str) -> None:
    draft = parse_mailto(f"mailto:?{field}=x%0D%0ABcc:%20z@y.example%00%E2%80%A8", "me")
    assert getattr(draft, field) == "x Bcc: z@y.example"


@given(st.text())
def test_any_text_is_taken_without_complaint(text: str) -> None:
    draft = parse_mailto("mailto:" + text, "me")
    assert "\n" not in draft.to + draft.cc + draft.bcc + draft.subject
