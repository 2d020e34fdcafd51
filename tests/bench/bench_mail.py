"""How long mail takes to be scanned, read and rendered. Run: python -m tests.bench.bench_mail

Times are CPU microseconds (best of five), so that a busy machine changes them little.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable

from tests.data.mail import samples
from tui.mail import header, html, message, scan

WORDS = "Dear reader, here is the text of an ordinary mail, some lines long, as people write them. "
RECEIVED = "".join(
    f"Received: from hop{n}.example ([192.0.2.{n}]) by mx.example with ESMTPS id x{n};\r\n"
    f"\tMon, 2 Mar 2026 10:00:0{n} +0000\r\n"
    for n in range(6)
)
HEAD = (
    f"Return-Path: <news@contoso.example>\r\n{RECEIVED}DKIM-Signature: v=1; a=rsa-sha256; c=relaxed; "
    + "b=" + "x" * 300 + "\r\nFrom: Newsletter <news@contoso.example>\r\nTo: You <you@example.org>\r\n"
    "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= and news\r\nDate: Mon, 2 Mar 2026 10:00:00 +0100\r\n"
    "Message-ID: <one@contoso.example>\r\nReferences: <a@x> <b@x>\r\nMIME-Version: 1.0\r\n"
)  # fmt: skip
SMALL = f"{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n{(WORDS + chr(13) + chr(10)) * 12}".encode()
CELL = (
    '<tr><td style="font-family:Arial,sans-serif;font-size:14px;color:#333333;padding:10px 20px" align="left"'
    ' valign="top">'
    '<p style="margin:0 0 12px 0;line-height:1.5">Our <b>offer</b> of the day, with some words about it.</p>'
    '<a href="https://shop.example/item?id=12345&amp;utm_source=mail" style="color:#0066cc">Read more</a>'
    "</td></tr>\n"
)
PAGE = "<html><head><style>p{color:red}</style></head><body><table>" + CELL * 1470 + "</table></body></html>"
NEWSLETTER = samples.alternative(WORDS * 20, "<table>" + CELL * 50 + "</table>")
LARGE = (
    f"{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{WORDS}\r\n"
    "--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
).encode() + base64.encodebytes(bytes(20_000)) + b"--b--\r\n"  # fmt: skip


def best(work: Callable[[], object], times: int) -> float:
    """Microseconds of CPU for one call, the best of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times * 1e6)
    return min(rounds)


def main() -> None:
    """Print one line a job."""
    jobs: list[tuple[str, Callable[[], object], int]] = [
        ("envelope of a header", lambda: header.envelope(HEAD.encode()), 2000),
        ("fingerprint of a header", lambda: header.fingerprint(HEAD.encode()), 2000),
        (f"scan, plain, {len(SMALL) / 1000:.1f} KB", lambda: scan.scan(SMALL), 2000),
        (f"scan, newsletter, {len(NEWSLETTER) / 1000:.0f} KB", lambda: scan.scan(NEWSLETTER), 1000),
        (f"scan, attachment, {len(LARGE) / 1000:.0f} KB", lambda: scan.scan(LARGE), 1000),
        (f"parse, plain, {len(SMALL) / 1000:.1f} KB", lambda: message.parse(SMALL), 500),
        (f"parse, newsletter, {len(NEWSLETTER) / 1000:.0f} KB", lambda: message.parse(NEWSLETTER), 50),
        (f"HTML to lines, {len(PAGE) / 1000:.0f} KB", lambda: html.render(PAGE), 3),
    ]
    for name, work, times in jobs:
        print(f"{name:32} {best(work, times):10.1f} µs")


if __name__ == "__main__":
    main()
