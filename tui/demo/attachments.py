"""The files that hang on sample letters, made of as few bytes as their formats allow."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

from tui.demo import mime
from tui.demo.placeholders import next_week


@dataclass(frozen=True, slots=True)
class File:
    """A file's media type and bytes."""

    media_type: str
    data: bytes


def make(name: str, now: datetime) -> File:
    """The file of that name. Raises KeyError for a name that no sample letter uses."""
    return _FILES[name](now)


def pdf(lines: list[str]) -> bytes:
    """A one-page PDF (ISO 32000-1) showing lines of ASCII text."""
    shown = "".join(f"({line.replace('(', '[').replace(')', ']')}) Tj 0 -18 Td " for line in lines)
    stream = f"BT /F 12 Tf 72 770 Td {shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (count, table, count, len(out))
    )


def png(width: int, height: int, pixel: Callable[[int, int], tuple[int, int, int]]) -> bytes:
    """An RGB picture (PNG, third edition) whose colours `pixel(x, y)` gives."""
    rows = b"".join(
        b"\0" + b"".join(bytes(pixel(x, y)) for x in range(width)) for y in range(height)
    )  # 0: unfiltered

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def invitation(now: datetime, method: str = "REQUEST") -> bytes:
    """A meeting on Tuesday of next week, 10:00 to 11:30 by the reader's clock (RFC 5545, 5546)."""
    start = next_week(1, now) + timedelta(hours=10)
    utc = "%Y%m%dT%H%M%SZ"
    offset = start.utcoffset() or timedelta()
    begins, ends = start - offset, start - offset + timedelta(minutes=90)
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Contoso//Rooms 3.1//EN",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        "UID:workshop-17@contoso.example",
        f"DTSTAMP:{now - (now.utcoffset() or timedelta()):{utc}}",
        f"DTSTART:{begins:{utc}}",
        f"DTEND:{ends:{utc}}",
        "SUMMARY:Workshop: what customers ask us",
        "LOCATION:Room 3.07\\, second floor",
        "ORGANIZER;CN=Room service:mailto:rooms@contoso.example",
        "ATTENDEE;RSVP=TRUE;PARTSTAT=NEEDS-ACTION;CN=You:mailto:you@outlook-demo.example",
        "DESCRIPTION:Bring one question that was hard to answer. Tea and coffee are there.",
        "SEQUENCE:1",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-PT15M",
        "DESCRIPTION:Workshop",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _folded(line: str) -> str:
    """A content line of ASCII in pieces of at most 75 octets (RFC 5545 3.1)."""
    pieces = [line[:75], *(line[start : start + 74] for start in range(75, len(line), 74))]
    return "\r\n ".join(pieces)


def _invoice(now: datetime) -> File:
    lines = [
        "Contoso Billing",
        "Invoice 2041",
        f"Date: {now - timedelta(days=6):%Y-%m-%d}",
        "",
        "12 x Desk lamp, white          288.00",
        "Delivery                         9.50",
        "Total EUR                      297.50",
    ]
    return File("application/pdf", pdf(lines))


def _corrected_invoice(now: datetime) -> File:
    lines = [
        "Contoso Billing",
        "Invoice 2041-1, replaces 2041",
        f"Date: {now - timedelta(days=4):%Y-%m-%d}",
        "",
        "10 x Desk lamp, white          240.00",
        "Delivery                         9.50",
        "Total EUR                      249.50",
    ]
    return File("application/pdf", pdf(lines))


def _orders(now: datetime) -> File:
    rows = ["date,order,article,pieces,price"]
    for number in range(24):
        day = now - timedelta(days=60 - number)
        pieces = 1 + (number * 5 + 2) % 12
        rows.append(f"{day:%Y-%m-%d},{7700 + number},Desk lamp,{pieces},{24 * pieces}.00")
    return File("text/csv", "".join(f"{row}\r\n" for row in rows).encode())


def _visits(now: datetime) -> File:
    rows = ["day;visits;pages"]
    for number in range(14):
        day = now - timedelta(days=15 - number)
        rows.append(f"{day:%Y-%m-%d};{812 + number * 37 % 240};{3110 + number * 211 % 900}")
    return File("text/csv", "".join(f"{row}\r\n" for row in rows).encode())


def _start_page(_now: datetime) -> File:
    """A sketch of a web page: a dark bar, a picture, three columns."""

    def pixel(x: int, y: int) -> tuple[int, int, int]:
        if y < 16:
            return (24, 44, 84)
        if y < 64:
            return (90 + x // 2, 140, 200 - y)
        return (236, 238, 242) if x % 54 < 6 or y < 72 else (250, 250, 250)

    return File("image/png", png(160, 120, pixel))


def _logo(_now: datetime) -> File:
    return File(
        "image/png", png(48, 16, lambda x, y: (0, 100 + 3 * x, 190) if 2 < y < 13 else (255, 255, 255))
    )


def _calendar(now: datetime) -> File:
    return File("text/calendar", invitation(now))


def _forwarded(now: datetime) -> File:
    fields = [
        ("From", "Trams and buses <timetable@city.example>"),
        ("To", "Front desk <desk@contoso.example>"),
        ("Subject", "Line 6 does not stop at Harbour Street"),
        ("Date", format_datetime((now - timedelta(days=2)).replace(microsecond=0))),
        ("Message-ID", "<line6@city.example>"),
    ]
    body = (
        "From Monday the stop Harbour Street is closed for repairs. Please use the stop\n"
        "Old Customs House, four minutes on foot. The repairs take three weeks.\n"
    )
    return File("message/rfc822", mime.message(fields, mime.text(body)))


_FILES: dict[str, Callable[[datetime], File]] = {
    "invoice-2041.pdf": _invoice,
    "invoice-2041-1.pdf": _corrected_invoice,
    "orders.csv": _orders,
    "visits.csv": _visits,
    "start-page.png": _start_page,
    "logo.png": _logo,
    "workshop.ics": _calendar,
    "Line 6 does not stop at Harbour Street.eml": _forwarded,
}
