"""Address fields of received mail (RFC 5322 3.4 with its obsolete syntax), read as far as they make sense."""

from __future__ import annotations

import re

from tui.mail import words
from tui.model.message import Address

_SIMPLE = re.compile(
    r'\s*+([\w .!#$%&*+/^`{|}~\'=?-]*+)<([^\s<>@"(),;:\\\[\]]++@[^\s<>@"(),;:\\\[\]]++)>\s*+\Z'
)
_BARE = re.compile(r'\s*+([^\s<>@"(),;:\\\[\]]++@[^\s<>@"(),;:\\\[\]]++)\s*+\Z')
# A repeated group takes memory for each turn: hence limits, which no honest name reaches.
_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"\\]*+(?:\\.[^"\\]*+){0,5000}")
  | (?P<stray>")
  | (?P<angle><[^<>"]*+(?:"[^"\\]*+(?:\\.[^"\\]*+){0,5000}"[^<>"]*+){0,5000}>|<[^<>]*+>)
  | (?P<open><)
  | (?P<blank>\s++)
  | (?P<literal>\[[^\[\]\s]*+\])
  | (?P<special>[,;:])
  | (?P<comment>\()
  | (?P<atom>[^\s"(),:;<>\[\]]++|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DOTTED = re.compile(r"\s*([.@])\s*")
_BLANKS = re.compile(r"\s+")
_MOST = 50_000


def parse(value: str) -> tuple[Address, ...]:
    """The mailboxes of an address list; groups are opened, their names dropped. `value` is not yet decoded.

    Encoded words are decoded after the list is taken apart, so that a comma inside one separates nothing.
    Entries without any address keep their text as `address` when it is one word, else as `name`.
    """
    if simple := _SIMPLE.match(value):
        return (Address(_name(simple[1]), simple[2]),)
    if bare := _BARE.match(value):
        return (Address(None, _address(bare[1])),)
    return tuple(_Reader(value).read())


class _Reader:
    """One pass over an address list, token by token."""

    def __init__(self, value: str) -> None:
        self._value = value
        self._found: list[Address] = []
        self._clear()

    def _clear(self) -> None:
        self._phrase: list[str] = []
        self._raw: list[str] = []
        self._comments: list[str] = []
        self._angle: str | None = None

    def read(self) -> list[Address]:
        """All mailboxes found, up to a limit that no honest mail reaches."""
        position = 0
        while position < len(self._value) and len(self._found) < _MOST:
            match = _TOKEN.match(self._value, position)
            assert match is not None  # the last branch takes any character
            position = self._take(match)
        self._flush()
        return self._found

    def _take(self, match: re.Match[str]) -> int:
        kind, text = match.lastgroup, match[0]
        if kind == "stray":
            # Never closed. Further quotes are taken for stray ones too, or each would be searched to the end.
            self._value = self._value[: match.start()] + self._value[match.start() :].replace('"', " ")
            return match.start()
        if kind == "special":
            return self._separator(text, match.end())
        if kind == "comment":
            return self._comment(match.end())
        if kind == "open":
            return self._unclosed(match.end())
        if kind == "angle":
            if self._angle is not None:
                self._flush()
            self._angle = text[1:-1]
        elif kind == "quoted":
            self._phrase.append(_ESCAPED.sub(r"\1", text[1:-1]))
            self._raw.append(text)
        else:
            self._phrase.append(text)
            self._raw.append(text)
        return match.end()

    def _separator(self, char: str, end: int) -> int:
        if char == ":" and self._angle is None and "@" not in "".join(self._raw):
            self._clear()  # the name of a group, or of a scheme such as mailto:
        elif char == ":":
            self._phrase.append(char)
            self._raw.append(char)
        else:
            self._flush()
        return end

    def _comment(self, start: int) -> int:
        depth = 1
        for edge in _COMMENT_EDGE.finditer(self._value, start):
            if edge[0] == "(":
                depth += 1
            elif edge[0] == ")":
                depth -= 1
                if not depth:
                    self._comments.append(_ESCAPED.sub(r"\1", self._value[start : edge.start()]))
                    self._phrase.append(" ")
                    return edge.end()
        self._comments.append(self._value[start:])
        return len(self._value)

    def _unclosed(self, start: int) -> int:
        """An angle bracket that is never closed: the address ends at the next blank or comma."""
        end = re.compile(r"[\s,;<]|\Z").search(self._value, start)
        assert end is not None
        if self._angle is None and end.start() > start:
            self._angle = self._value[start : end.start()]
        return end.start() if end.start() > start else start

    def _flush(self) -> None:
        phrase, raw = "".join(self._phrase), "".join(self._raw).strip()
        comment = " ".join(text.strip() for text in self._comments).strip()
        if self._angle is not None:
            self._found.append(Address(_name(phrase) or _name(comment), _address(self._angle)))
        elif raw:
            self._found.append(_without_angle(phrase.strip(), raw, comment))
        self._clear()


def _without_angle(phrase: str, raw: str, comment: str) -> Address:
    joined = _DOTTED.sub(r"\1", raw) if "@" in raw else raw
    pieces = joined.split()
    if len(pieces) == 1 or (joined.startswith('"') and joined.rpartition("@")[0].endswith('"')):
        if len(pieces) == 1 and "@" not in joined and (joined.startswith('"') or "=?" in joined):
            return Address(_name(phrase), "")
        return Address(_name(comment), _address(joined))
    if "@" in pieces[-1]:
        return Address(_name(joined[: -len(pieces[-1])].replace('"', "")), _address(pieces[-1]))
    if "@" in pieces[0]:
        return Address(
            _name(joined[len(pieces[0]) :].replace('"', "")) or _name(comment), _address(pieces[0])
        )
    return Address(_name(phrase), "")


def _name(text: str) -> str | None:
    decoded = words.decode(text.strip()) if "=?" in text else text
    return _BLANKS.sub(" ", decoded).strip() or None


def _address(text: str) -> str:
    """An addr-spec: the obsolete route and the blanks and comments around dots and @ taken out."""
    text = text.strip()
    if text.startswith("@"):
        text = text.partition(":")[2] or text
    if "(" in text and not text.startswith('"'):
        text = re.sub(r"\([^()]*\)", "", text)
    if "=?" in text:
        text = words.decode(text)
    if text.startswith('"'):
        local, at, domain = text.rpartition("@")
        return local.strip() + at + "".join(domain.split())
    return "".join(text.split())
