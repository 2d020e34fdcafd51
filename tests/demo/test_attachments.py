from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime

import pytest

from tui.demo import attachments

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def test_the_pdf_finds_its_own_objects() -> None:
    data = attachments.make("invoice-2041.pdf", NOW).data
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert data[start:].startswith(b"xref\n0 6\n")
    rows = data[start:].split(b"\n")[3:8]
    for number, row in enumerate(rows, start=1):
        assert len(row) == 19  # and the line end: 20 octets (ISO 32000-1 7.5.4)
        assert data[int(row[:10]) :].startswith(b"%d 0 obj\n" % number)


def test_the_picture_is_a_png_of_its_size() -> None:
    data = attachments.make("start-page.png", NOW).data
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    place, chunks = 8, {}
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length)[0] == zlib.crc32(kind + body)
        chunks[kind] = body
        place += length + 12
    width, height = struct.unpack_from(">II", chunks[b"IHDR"])
    assert (width, height) == (160, 120)
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + 3 * width)


def test_the_table_adds_up() -> None:
    rows = attachments.make("orders.csv", NOW).data.decode().split("\r\n")
    for row in rows[1:-1]:
        _, _, _, pieces, price = row.split(",")
        assert float(price) == 24 * int(pieces)
    assert any(row.split(",")[1:4] == ["7711", "Desk lamp", "10"] for row in rows[1:-1])


def test_the_invitation_obeys_the_line_rules() -> None:
    data = attachments.invitation(NOW)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert data.count(b"BEGIN:") == data.count(b"\r\nEND:") == 3


def test_an_unknown_file() -> None:
    with pytest.raises(KeyError):
        attachments.make("nothing.pdf", NOW)
