"""One pass over a message's bytes: which parts it has, where they lie, what they say they are (RFC 2045,
2046).

The list, the search index, reading and `inspect` all stand on this scanner, so that they never disagree. It
is iterative and linear: delimiters are looked up in a table of the open boundaries, whatever the depth.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tui.mail import header, parameters, transfer

MOST_PARTS = 10_000
MOST_LEVELS = 100
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_BLANK_LINE = re.compile(rb"\n\r?\n")
_TOO_MANY = "The mail is too complex: parts beyond the first 10,000 are not taken apart."
_TOO_DEEP = "The mail is too complex: parts nested more than 100 deep are shown as they are."
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
    root = scanner.message(raw, header.skip_envelope_line(raw), 0)
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

    def message(self, source: bytes, start: int, level: int) -> Part:
        """Scan a message, then those that lie encoded inside it; each of these is a buffer of its own."""
        root = _Buffer(self, source).run(start, level)
        while self._encoded:
            part = self._encoded.pop()
            inner = transfer.decode(part.source[part.start : part.end], part.encoding)
            part.children.append(_Buffer(self, inner).run(0, part.level + 1))
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
        part = Part(source, start, tail, body, len(source), len(self.parts) + 1, default, level=level)
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
        part.encoding = transfer.canonical(parameters.token(values.get("content-transfer-encoding", "")))
        if "content-disposition" in values:
            part.disposition, part.disposition_parameters = parameters.disposition(
                values["content-disposition"]
            )
        part.content_id = values.get("content-id", "").strip().strip("<>")


class _Buffer:
    """The scan of one run of bytes. Every position is the beginning of a line.

    `_open` maps each boundary to the stack positions where it is open, `_heads` holds their first octets, by
    which most lines are told apart without being looked at.
    """

    def __init__(self, scanner: _Scanner, source: bytes) -> None:
        self._scanner = scanner
        self._source = source
        self._end = len(source)
        self._stack: list[tuple[Part, bytes]] = []
        self._open: dict[bytes, list[int]] = {}
        self._heads: frozenset[bytes] = frozenset()
        self._head_length = 0
        self._leaf: list[Part] = []
        self._blank = (0, -1, 0)

    def run(self, start: int, level: int) -> Part:
        """Read the message that begins at `start`; parts are numbered as they begin."""
        root = self._entity(start, level, "text/plain")
        position = self._enter(root)
        while self._stack:
            found = self._delimiter(position, self._end)
            if found is None:
                self._unclosed()
                break
            at, position, depth, closing = found
            self._finish(self._before(at), depth + 1)
            if closing:
                self._pop(depth, self._end)
            elif self._begins_with_delimiter(position, depth):
                continue  # two delimiters with nothing between make no part
            elif len(self._scanner.parts) >= MOST_PARTS:
                self._scanner.defect(_TOO_MANY)
                self._pop(0, self._end)
            else:
                parent = self._stack[-1][0]
                default = "message/rfc822" if parent.type == "multipart/digest" else "text/plain"
                part = self._entity(position, parent.level + 1, default)
                parent.children.append(part)
                position = self._enter(part)
        return root

    def _entity(self, start: int, level: int, default: str) -> Part:
        """Read the header that begins at `start`; no header reaches over a delimiter."""
        limit = self._blank_line(start)
        found = self._delimiter(start, limit)
        if found is not None:
            limit = self._before(found[0], start)
        return self._scanner.entity(self._source, start, limit, level, default)

    def _blank_line(self, start: int) -> int:
        """The end of the first blank line from `start`; looked for only once where parts have none."""
        since, begin, end = self._blank
        if not since <= start <= begin:
            match = _BLANK_LINE.search(self._source, start)
            begin, end = match.span() if match else (self._end, self._end)
            self._blank = (start, begin, end)
        return end

    def _enter(self, part: Part) -> int:
        """Open what `part` holds, through messages in messages; answers where to go on."""
        self._leaf = [part]
        while part.type in _MESSAGES:
            if part.level >= MOST_LEVELS:
                self._too_deep(part)
            elif transfer.is_encoded(part.encoding):
                self._scanner.later(part)
                break
            else:
                start = part.start
                if self._source.startswith((b"From ", b">From "), start):
                    start = self._source.find(b"\n", start) + 1 or self._end
                inner = self._entity(start, part.level + 1, "text/plain")
                part.children.append(inner)
                self._leaf.append(inner)
                part = inner
        if part.is_multipart:
            self._open_multipart(part)
        return part.start

    def _open_multipart(self, part: Part) -> None:
        if part.level >= MOST_LEVELS:
            self._too_deep(part)
            return
        boundary = part.parameters.get("boundary", "").encode("latin-1", "replace").rstrip()
        if not boundary:
            boundary = self._guess(part)
            self._scanner.defect("A part with several parts does not say how they are divided.")
        if boundary:
            self._open.setdefault(boundary, []).append(len(self._stack))
            self._stack.append((part, boundary))
            self._learn_heads()

    def _learn_heads(self) -> None:
        self._head_length = min((len(boundary) for boundary in self._open), default=0)
        self._head_length = min(self._head_length, 8)
        self._heads = frozenset(boundary[: self._head_length] for boundary in self._open)

    def _too_deep(self, part: Part) -> None:
        part.type = "text/plain"
        self._scanner.defect(_TOO_DEEP)

    def _guess(self, part: Part) -> bytes:
        """The boundary of a multipart that names none: its first line of two dashes and more."""
        at = part.start
        if not self._source.startswith(b"--", at):
            at = self._source.find(b"\n--", at) + 1
            if not at:
                return b""
        boundary = self._line(at + 2).rstrip()
        return b"" if boundary in self._open or boundary.endswith(b"--") else boundary

    def _line(self, start: int) -> bytes:
        stop = self._source.find(b"\n", start)
        return self._source[start : stop if stop >= 0 else self._end]

    def _delimiter(self, position: int, stop: int) -> tuple[int, int, int, bool] | None:
        """The first line from `position` and before `stop` that divides an open multipart: where it is, where
        the next line begins, its place in the stack, whether it closes."""
        if not self._open:
            return None
        source, heads, length = self._source, self._heads, self._head_length
        at = position if source.startswith(b"--", position) else source.find(b"\n--", position, stop) + 1
        while at or position == 0:
            if source[at + 2 : at + 2 + length] in heads:
                line = self._line(at + 2)
                text = line.rstrip()
                after = min(at + 3 + len(line), self._end)
                if text in self._open:
                    return at, after, self._open[text][-1], False
                if text.endswith(b"--") and (stem := text[:-2].rstrip()) in self._open:
                    return at, after, self._open[stem][-1], True
            position = source.find(b"\n--", at, stop) + 1
            if not position:
                break
            at = position
        return None

    def _begins_with_delimiter(self, at: int, depth: int) -> bool:
        """Whether the line at `at` divides the multipart at stack position `depth` too."""
        return self._source.startswith(b"--", at) and self._line(at + 2).rstrip() == self._stack[depth][1]

    def _before(self, at: int, floor: int = 0) -> int:
        """The end of what lies before the delimiter line at `at`: the line break is the delimiter's own
        (RFC 2046 5.1.1)."""
        if at > floor and self._source[at - 1 : at] == b"\n":
            at -= 1
            if at > floor and self._source[at - 1 : at] == b"\r":
                at -= 1
        return at

    def _finish(self, end: int, depth: int) -> None:
        """End the current leaf and the multiparts from stack position `depth` on."""
        for part in self._leaf:
            part.end = max(part.start, end)
        self._leaf = []
        self._pop(depth, end)

    def _pop(self, depth: int, end: int) -> None:
        while len(self._stack) > depth:
            part, boundary = self._stack.pop()
            part.end = max(part.start, end)
            places = self._open[boundary]
            places.pop()
            if not places:
                del self._open[boundary]
                self._learn_heads()

    def _unclosed(self) -> None:
        if any(part.children for part, _ in self._stack):
            self._scanner.defect("The mail ends before its last part is closed; it may be cut off.")
        self._finish(self._end, 0)
