"""One pass over a message's bytes: which parts it has, where they lie, what they say they are (RFC 2045,
2046).

The list, the search index, reading and `inspect` all stand on this scanner, so that they never disagree. It
is iterative and linear: delimiters are looked up in a table of the open boundaries, whatever the depth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tui.mail import header, parameters, transfer

MOST_PARTS = 10_000
MOST_LEVELS = 100
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_CONTENT = frozenset({"content-type", "content-transfer-encoding", "content-disposition", "content-id"})


@dataclass(slots=True)
class Part:
    """One entity. `source[start:end]` is its body, still encoded; `source[head:tail]` its header.

    `type` is what RFC 2045 5.2 makes of the Content-Type field, `encoding` and `disposition` are lower case.
    `number` counts the parts of a message from 1 in the order they begin. Only the scanner changes a Part.
    """

    source: bytes
    head: int
    tail: int
    start: int
    end: int
    number: int = 0
    type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    content_id: str = ""
    declared: bool = False
    level: int = 0
    children: list[Part] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """Whether this is a multipart that was taken apart; one that could not be is text to be shown."""
        return self.type.startswith("multipart/")

    @property
    def filename(self) -> str:
        """The name the sender gave it, decoded, "" for none: `filename`, else `name`."""
        return self.disposition_parameters.get("filename") or self.parameters.get("name", "")

    @property
    def charset(self) -> str:
        """The charset named by the Content-Type field, "" for none."""
        return self.parameters.get("charset", "").strip().strip("'\"")

    def content(self) -> bytes:
        """The decoded bytes."""
        return transfer.decode(self.source[self.start : self.end], self.encoding)

    def fields(self) -> list[tuple[str, bytes]]:
        """Its header fields, as from `header.split`."""
        return header.split(self.source[self.head : self.tail])


@dataclass(frozen=True, slots=True)
class Structure:
    """A scanned message: its root, all parts in order, and sentences on what had to be repaired or
    given up.
    """

    root: Part
    parts: tuple[Part, ...]
    defects: tuple[str, ...]


def read(raw: bytes) -> Structure:
    """Scan a whole message. Never raises; beyond 10,000 parts or 100 levels the rest is left as it is."""
    scanner = _Scanner()
    raw = header.line_ends(raw)
    root = scanner.message(raw, header.skip_envelope_line(raw), len(raw), 0)
    return Structure(root, tuple(scanner.parts), tuple(scanner.defects))


def tree(root: Part) -> Any:  # noqa: ANN401 - a recursive type has no name that JSON's readers would need
    """The shape of a message: "type/subtype" for a leaf, {"type/subtype": [children]} for what holds
    others.
    """
    shapes: dict[int, Any] = {}
    stack = [root]
    order: list[Part] = []
    while stack:
        part = stack.pop()
        order.append(part)
        stack.extend(part.children)
    for part in reversed(order):
        holds = part.children or part.is_multipart
        shapes[id(part)] = {part.type: [shapes[id(child)] for child in part.children]} if holds else part.type
    return shapes[id(root)]


class _Scanner:
    """The state of one scan: parts so far, and of the innermost buffer the open multiparts and their
    boundaries.
    """

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.defects: list[str] = []
        self._encoded: list[Part] = []

    def message(self, source: bytes, start: int, end: int, level: int) -> Part:
        """Scan a message, then those that lie encoded inside it; each of these is a buffer of its own."""
        root = _Buffer(self, source).run(start, end, level)
        while self._encoded:
            part = self._encoded.pop()
            inner = transfer.decode(part.source[part.start : part.end], part.encoding)
            part.children.append(_Buffer(self, inner).run(0, len(inner), part.level + 1))
        return root

    def defect(self, sentence: str) -> None:
        """Note what was wrong, once each."""
        if sentence not in self.defects:
            self.defects.append(sentence)

    def later(self, part: Part) -> None:
        """Remember an encoded message."""
        self._encoded.append(part)

    def entity(self, source: bytes, start: int, limit: int, level: int, default: str) -> Part:
        """Read the header that begins at `start` and say what entity it announces."""
        tail, body = header.find_end(source, start, limit)
        part = Part(source, start, tail, body, limit, len(self.parts) + 1, default, level=level)
        self.parts.append(part)
        self._describe(part)
        return part

    def _describe(self, part: Part) -> None:
        values: dict[str, str] = {}
        for name, value in header.split(part.source[part.head : part.tail]):
            if name in _CONTENT and name not in values:
                values[name] = value.replace(b"\r\n", b"").replace(b"\n", b"").decode("latin-1")
        if declared := values.get("content-type"):
            found = parameters.content_type(declared)
            if found is None:
                self.defect("A part does not say clearly what it is; it is shown as text.")
                part.type, part.parameters = "text/plain", parameters.loose_parameters(declared)
            else:
                part.type, part.parameters = found
                part.declared = True
        part.encoding = parameters.token(values.get("content-transfer-encoding", ""))
        if "content-disposition" in values:
            part.disposition, part.disposition_parameters = parameters.disposition(
                values["content-disposition"]
            )
        part.content_id = values.get("content-id", "").strip().strip("<>")


class _Buffer:
    """The scan of one run of bytes. `_open` maps each boundary to the stack positions where it is open."""

    def __init__(self, scanner: _Scanner, source: bytes) -> None:
        self._scanner = scanner
        self._source = source
        self._stack: list[tuple[Part, bytes]] = []
        self._open: dict[bytes, list[int]] = {}
        self._leaf: list[Part] = []

    def run(self, start: int, end: int, level: int) -> Part:
        """Read the message that begins at `start`; parts are numbered as they begin."""
        self._end = end
        root = self._scanner.entity(self._source, start, end, level, "text/plain")
        position = self._enter(root)
        while self._stack:
            found = self._delimiter(position)
            if found is None:
                self._unclosed(end)
                break
            at, after, depth, closing = found
            self._finish(self._before(at), depth + 1)
            if not closing and self._is_delimiter(after, depth):
                position = after - 1  # two delimiters with nothing between make no part
                continue
            if closing:
                self._pop(depth)
                position = after
                continue
            if len(self._scanner.parts) >= MOST_PARTS:
                self._scanner.defect(
                    "The mail is too complex: parts beyond the first 10,000 are not taken apart."
                )
                self._pop(0)
                break
            position = self._next_part(after)
        return root

    def _next_part(self, start: int) -> int:
        parent = self._stack[-1][0]
        following = self._delimiter(max(start - 1, 0), start)
        limit = self._before(following[0], start) if following else self._end
        default = "message/rfc822" if parent.type == "multipart/digest" else "text/plain"
        part = self._scanner.entity(self._source, start, limit, parent.level + 1, default)
        parent.children.append(part)
        return self._enter(part)

    def _enter(self, part: Part) -> int:
        """Open what `part` holds, through messages in messages; answers where to go on."""
        self._leaf = [part]
        while part.type in _MESSAGES and not part.is_multipart:
            if part.level >= MOST_LEVELS:
                self._too_deep(part)
                return part.start
            if transfer.is_encoded(part.encoding):
                self._scanner.later(part)
                return part.start
            start = part.start
            if self._source.startswith((b"From ", b">From "), start):
                start = min((self._source.find(b"\n", start) + 1) or part.end, part.end)
            inner = self._scanner.entity(self._source, start, part.end, part.level + 1, "text/plain")
            part.children.append(inner)
            self._leaf.append(inner)
            part = inner
        if part.is_multipart:
            self._open_multipart(part)
        return max(part.start - 1, part.tail - 1, 0)

    def _open_multipart(self, part: Part) -> None:
        boundary = part.parameters.get("boundary", "").encode("latin-1", "replace").rstrip()
        if not boundary:
            boundary = self._guess(part)
            self._scanner.defect("A part with several parts does not say how they are divided.")
        if part.level >= MOST_LEVELS:
            self._too_deep(part)
        elif boundary:
            self._open.setdefault(boundary, []).append(len(self._stack))
            self._stack.append((part, boundary))

    def _too_deep(self, part: Part) -> None:
        part.type = "text/plain"
        self._scanner.defect(
            "The mail is too complex: parts nested more than 100 deep are shown as they are."
        )

    def _guess(self, part: Part) -> bytes:
        """The boundary of a multipart that names none: its first line of two dashes and more."""
        at = part.start - 1 if part.start else 0
        if not self._source.startswith(b"--", part.start):
            at = self._source.find(b"\n--", at, part.end)
            if at < 0:
                return b""
            at += 1
        else:
            at = part.start
        return self._line(at + 2).rstrip()

    def _line(self, start: int) -> bytes:
        stop = self._source.find(b"\n", start, self._end)
        return self._source[start : stop if stop >= 0 else self._end]

    def _delimiter(self, position: int, first: int = -1) -> tuple[int, int, int, bool] | None:
        """The next line from `position` on that divides an open multipart: where it is, where the next line
        begins, its place in the stack, whether it closes. `first` may be such a line itself."""
        source, end, open_ = self._source, self._end, self._open
        if first < 0:
            first = position if position == 0 else position + 1
        at = first if source.startswith(b"--", first) else source.find(b"\n--", position, end) + 1
        while 0 < at < end or (at == 0 and source.startswith(b"--")):
            line = self._line(at + 2)
            after = min(at + 3 + len(line), end)
            text = line.rstrip()
            if text in open_:
                return at, after, open_[text][-1], False
            if text.endswith(b"--") and (stem := text[:-2].rstrip()) in open_:
                return at, after, open_[stem][-1], True
            at = source.find(b"\n--", max(at, after - 1), end) + 1
            if at == 0:
                return None
        return None

    def _is_delimiter(self, at: int, depth: int) -> bool:
        """Whether the line at `at` divides the multipart at stack position `depth` too."""
        return self._source.startswith(b"--", at) and self._line(at + 2).rstrip() == self._stack[depth][1]

    def _before(self, at: int, floor: int = 0) -> int:
        """The end of what lies before a delimiter line: the line break belongs to the delimiter (RFC 2046
        5.1.1).
        """
        if at - 1 >= floor and at and self._source[at - 1 : at] == b"\n":
            at -= 1
            if at - 1 >= floor and self._source[at - 1 : at] == b"\r":
                at -= 1
        return at

    def _finish(self, end: int, depth: int) -> None:
        """End the current leaf and the multiparts above stack position `depth`."""
        for part in self._leaf:
            part.end = max(part.start, end)
        self._leaf = []
        self._pop(depth, end)

    def _pop(self, depth: int, end: int | None = None) -> None:
        while len(self._stack) > depth:
            part, boundary = self._stack.pop()
            if end is not None:
                part.end = max(part.start, end)
            places = self._open[boundary]
            places.pop()
            if not places:
                del self._open[boundary]

    def _unclosed(self, end: int) -> None:
        if any(part.children for part, _ in self._stack):
            self._scanner.defect("The mail ends before its last part is closed; it may be cut off.")
        self._finish(end, 0)
