"""The rows of a damaged file, read page by page without SQLite: what no path through its trees leads to.

https://sqlite.org/fileformat2.html: trees (1.6), records (2.1), overflow chains, the list of free pages (1.5)
and the frames of the write-ahead log (4.1). Nothing is believed for being there: whoever asks compares
widths, kinds of values and, of mail, its digest.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from tui.store.database import PAGE_OCTETS

Value = int | str | bytes | None
Record = tuple[int, tuple[Value, ...]]
"""A rowid and the columns of its row, an INTEGER PRIMARY KEY being None among them; 0 in a table that has no
rowids, all of whose pages are like those of an index."""

_FORMER_PAGE_OCTETS = 4_096
_MAGIC = b"SQLite format 3\0"
_HEADER, _LOG_HEADER, _FRAME_HEADER = 100, 32, 24
_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR = 13, 10, 2
_TREES = (b"\x02", b"\x05", b"\x0a", b"\x0d")
_LOOKED_AT = 1 << 22
_LONGEST_VARINT = 9
_WIDEST_RECORD = 64


def page_octets(file: BinaryIO) -> int:
    """The size of a store's pages. Where its header does not tell: small ones, as former versions made them,
    if trees begin in what would be the middle of large ones."""
    file.seek(0)
    told = int.from_bytes(file.read(_HEADER)[16:18], "big")
    if told in (PAGE_OCTETS, _FORMER_PAGE_OCTETS):
        return told
    middles = range(_FORMER_PAGE_OCTETS, min(file.seek(0, 2), _LOOKED_AT), PAGE_OCTETS)
    begun = sum(_begins_tree(file, at) for at in middles)
    return _FORMER_PAGE_OCTETS if begun > len(middles) // 4 else PAGE_OCTETS


def _begins_tree(file: BinaryIO, at: int) -> bool:
    file.seek(at)
    head = file.read(8)
    cells, content = int.from_bytes(head[3:5], "big"), int.from_bytes(head[5:7], "big")
    return head[:1] in _TREES and cells > 0 and 8 + 2 * cells <= content <= _FORMER_PAGE_OCTETS


@dataclass(slots=True)
class Pages:
    """The pages of a store and of its write-ahead log, the newest state of each."""

    path: Path
    size: int = field(init=False)
    _files: list[BinaryIO] = field(init=False, default_factory=list)
    _count: int = field(init=False, default=0)
    _logged: dict[int, int] = field(init=False, default_factory=dict)
    _widths: dict[int, tuple[bool, int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        store = self.path.open("rb")
        self._files.append(store)
        self.size = page_octets(store)
        self._count = store.seek(0, 2) // self.size
        log = self.path.with_name(f"{self.path.name}-wal")
        if log.is_file():
            self._files.append(log.open("rb"))
            self._find_frames(self._files[1])

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def records(
        self, widths: Container[int], known: Container[int] = (), *, rowids: bool = True
    ) -> Iterator[Record]:
        """Rows of as many columns as are in `widths`, of all tables with or without rowids, but those of
        `known` rowids.

        Rows of pages that were given back are left out as far as the list of these can be read.
        """
        for number, (numbered, width) in self._found().items():
            if numbered is rowids and width in widths:
                yield from self._rows(number, widths, known)

    def _found(self) -> dict[int, tuple[bool, int]]:
        """The pages that hold rows, each page those of one table: whether they have rowids, and how many
        columns. All pages are looked at once."""
        if not self._widths:
            free = self._free()
            for number in range(1, max(self._count, *self._logged, 1) + 1):
                page = b"" if number in free else self._page(number)
                for at, numbered in self._cells(page):
                    if width := self._width(page, at, numbered):
                        self._widths[number] = numbered, width
                        break
        return self._widths

    def _find_frames(self, log: BinaryIO) -> None:
        """Where in the log the last state of each page begins. Frames that belong to no commit count as well:
        they may hold mail."""
        head = log.read(_LOG_HEADER + 16)
        salts = head[16:24], head[-8:]  # of the log, and of its first frame, should that be damaged
        step = _FRAME_HEADER + self.size
        for at in range(_LOG_HEADER, log.seek(0, 2) - step + 1, step):
            log.seek(at)
            frame = log.read(_FRAME_HEADER)
            number = int.from_bytes(frame[:4], "big")
            if number and number < 1 << 31 and frame[8:16] in salts:
                self._logged[number] = at + _FRAME_HEADER

    def _page(self, number: int) -> bytes:
        """The page's octets, fewer or none where the file does not reach so far."""
        file, at = self._files[0], (number - 1) * self.size
        if number in self._logged:
            file, at = self._files[1], self._logged[number]
        try:
            file.seek(at)
            return file.read(self.size)
        except (OSError, ValueError):  # the disk itself cannot read it
            return b""

    def _free(self) -> set[int]:
        """The pages that hold nothing any more."""
        trunk = int.from_bytes(self._page(1)[32:36], "big")
        free: set[int] = set()
        while 0 < trunk <= self._count and trunk not in free:
            free.add(trunk)
            page = self._page(trunk)
            leaves = int.from_bytes(page[4:8], "big")
            if leaves > self.size // 4:
                break
            free.update(int.from_bytes(page[8 + 4 * n : 12 + 4 * n], "big") for n in range(leaves))
            trunk = int.from_bytes(page[:4], "big")
        return free

    def _rows(self, number: int, widths: Container[int], known: Container[int]) -> Iterator[Record]:
        page = self._page(number)
        for at, numbered in self._cells(page):
            try:
                if found := self._cell(page, at, numbered, widths, known):
                    yield found
            except (IndexError, ValueError):  # it is not what it seems: the others may be
                continue

    def _cells(self, page: bytes) -> Iterator[tuple[int, bool]]:
        """Where the rows of a page begin, and whether they have rowids; none of a page that holds none."""
        start = _HEADER if page.startswith(_MAGIC) else 0
        kind = page[start] if len(page) == self.size else 0
        if kind not in (_TABLE_LEAF, _INDEX_LEAF, _INDEX_INTERIOR):
            return
        link = 4 if kind == _INDEX_INTERIOR else 0  # the page to the left of each row, and of them all
        cells = int.from_bytes(page[start + 3 : start + 5], "big")
        first = start + 8 + link
        for place in range(first, min(first + 2 * cells, self.size - 1), 2):
            yield int.from_bytes(page[place : place + 2], "big") + link, kind == _TABLE_LEAF

    @staticmethod
    def _width(page: bytes, at: int, numbered: bool) -> int:
        """How many columns a row has, 0 where none can be made out."""
        try:
            for _ in range(1 + numbered):
                _, at = _varint(page, at)
            return len(_kinds(page[at:])[0])
        except IndexError:
            return 0

    def _cell(
        self, page: bytes, at: int, numbered: bool, widths: Container[int], known: Container[int]
    ) -> Record | None:
        length, at = _varint(page, at)
        rowid, at = _varint(page, at) if numbered else (0, at)
        if rowid in known or not 0 < length <= self._count * self.size + len(page):
            return None
        kinds, _ = _kinds(page[at:])
        if len(kinds) not in widths:
            return None
        most = self.size - 35 if numbered else (self.size - 12) * 64 // 255 - 23
        least = (self.size - 12) * 32 // 255 - 23
        here = length
        if length > most:
            here = least + (length - least) % (self.size - 4)
            here = here if here <= most else least
        octets = page[at : at + here]
        if length > here:
            octets += self._overflow(int.from_bytes(page[at + here : at + here + 4], "big"), length - here)
        return rowid, _values(octets)

    def _overflow(self, number: int, length: int) -> bytes:
        """The rest of a long row. Raises ValueError where the chain breaks."""
        parts: list[bytes] = []
        while length > 0:
            page = self._page(number) if number > 0 else b""
            part = page[4 : 4 + length]
            if not part:
                raise ValueError("a chain of pages ends too early")
            parts.append(part)
            length -= len(part)
            number = int.from_bytes(page[:4], "big")
        return b"".join(parts)


def _varint(octets: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(at, at + _LONGEST_VARINT - 1):
        octet = octets[place]
        value = value << 7 | octet & 0x7F
        if octet < 0x80:
            return value, place + 1
    return value << 8 | octets[at + _LONGEST_VARINT - 1], at + _LONGEST_VARINT


def _kinds(record: bytes) -> tuple[list[int], int]:
    """The serial types of a record's columns, and where their values begin."""
    end, at = _varint(record, 0)
    kinds: list[int] = []
    while at < end and len(kinds) <= _WIDEST_RECORD:
        kind, at = _varint(record, at)
        kinds.append(kind)
    return kinds, end


_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_CONSTANTS: dict[int, Value] = {0: None, 8: 0, 9: 1}


def _values(record: bytes) -> tuple[Value, ...]:
    kinds, at = _kinds(record)
    values: list[Value] = []
    for kind in kinds:
        if kind in _CONSTANTS:
            values.append(_CONSTANTS[kind])
            continue
        length = _INTEGERS[kind] if kind in _INTEGERS else (kind - 12) // 2
        octets = record[at : at + length]
        if kind in (7, 10, 11) or len(octets) < length:
            raise ValueError("no record of a store")
        at += length
        if kind in _INTEGERS:
            values.append(int.from_bytes(octets, "big", signed=True))
        else:
            values.append(octets.decode("utf-8", "replace") if kind % 2 else octets)
    return tuple(values)
