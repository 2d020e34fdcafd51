from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.mail import scan


def test_plain_mail() -> None:
    found = scan.scan(
        b"Subject: x\nContent-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9fe\n> quoted\nzwei\n"
    )
    assert found.attachments == 0
    assert found.snippet == "Grüße zwei"
    assert "quoted" in found.text


def test_html_mail_leaves_out_what_nobody_reads() -> None:
    source = (
        "<html><head><title>no</title><style>p{no}</style></head><body><!-- no --><script>no()</script>"
        "<p>Price&nbsp;5&euro; &amp; &#8364;</p><b>bo</b>ld</body>"
    )
    found = scan.scan(b"Content-Type: text/html\n\n" + source.encode())
    assert found.text == "Price 5€ & € bo ld"


def test_attachments_are_counted_without_pictures_of_the_text() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=m\n\n"
        b"--m\nContent-Type: multipart/related; boundary=r\n\n"
        b"--r\nContent-Type: text/html\n\n<p>x</p>\n"
        b"--r\nContent-Type: image/png\nContent-ID: <a>\n\nx\n--r--\n"
        b"--m\nContent-Type: application/pdf\n\nx\n--m--\n"
    )
    assert scan.scan(raw).attachments == 1


def test_only_quotes_make_a_snippet_when_there_is_nothing_else() -> None:
    assert scan.snippet("> one\n> two") == "> one > two"


@given(st.binary())
def test_never_raises(raw: bytes) -> None:
    scan.scan(raw)
    scan.scan(b"Content-Type: text/html\n\n" + raw)
