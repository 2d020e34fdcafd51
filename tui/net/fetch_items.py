"""One FETCH response to its data items (RFC 3501 7.4.2), in whatever order the server chose."""

from __future__ import annotations

import re
from datetime import date

from tui.net.conversation import Response

# What nearly all servers answer to our own commands, so that one match does for a message.
_USUAL = re.compile(
    rb"\* \d{1,10} FETCH \(UID (\d{1,10})"
    rb'(?: FLAGS \(([^()"{\r\n]*)\) INTERNALDATE "([^"\\\r\n]*)" RFC822\.SIZE (\d{1,20}))?'
    rb" BODY\[[^\]\r\n]*\] \{\d+\}\r\n\)\r\n"
)
_START = re.compile(rb"\* \d{1,10} FETCH \(", re.IGNORECASE)
_NAME = re.compile(rb" *([A-Za-z0-9.\-]+)(?:\[[^\]\r\n]*\](?:<\d+>)?)? +")
_VALUE = re.compile(rb'~?\{\d+\+?\}\r\n|"((?:[^"\\\r\n]|\\.)*)"|\(|([^ ()"\r\n]+)')
_INSIDE = re.compile(rb'~?\{\d+\+?\}\r\n|"(?:[^"\\\r\n]|\\.)*"|[()]|[^ ()"\r\n]+| +')
_ESCAPED = re.compile(rb"\\(.)")
_DATE = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_EPOCH = date(1970, 1, 1).toordinal()
_MONTHS = {name: n for n, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}


def is_fetch(text: bytes) -> bool:
    """Whether a response is a FETCH response."""
    return _START.match(text) is not None


def parse(response: Response) -> dict[bytes, bytes]:
    """The items of a FETCH response by upper-case name; `BODY[…]` of any section is named BODY.

    A list's value is what stands between its parentheses; NIL is left out. Raises ValueError for what does
    not follow the grammar.
    """
    if (usual := _USUAL.fullmatch(response.text)) and len(response.literals) == 1:
        return _usual_items(usual, response.literals[0])
    text, literals = response.text, iter(response.literals)
    start = _START.match(text)
    if not start:
        raise ValueError("not a FETCH response")
    items: dict[bytes, bytes] = {}
    position = start.end()
    while text[position : position + 1] != b")":
        name = _NAME.match(text, position)
        value = _VALUE.match(text, name.end()) if name else None
        if not name or not value:
            raise ValueError(f"odd FETCH response at octet {position}")
        position = value.end()
        first = text[value.start()]
        if first == 0x28:  # (
            end = _end_of_list(text, position, literals)
            found, position = text[position : end - 1], end
        elif value[1] is not None:
            found = _ESCAPED.sub(rb"\1", value[1]) if b"\\" in value[1] else value[1]
        elif value[2] is not None:
            if value[2].upper() == b"NIL":
                continue
            found = value[2]
        else:
            found = next(literals, b"")
        items[name[1].upper()] = found
    return items


def _usual_items(usual: re.Match[bytes], body: bytes) -> dict[bytes, bytes]:
    uid, words, received, size = usual.groups()
    if words is None:
        return {b"UID": uid, b"BODY": body}
    return {b"UID": uid, b"FLAGS": words, b"INTERNALDATE": received, b"RFC822.SIZE": size, b"BODY": body}


def _end_of_list(text: bytes, position: int, literals: object) -> int:
    """The position behind the parenthesis that closes the list begun before `position`."""
    depth = 1
    while depth:
        token = _INSIDE.match(text, position)
        if not token:
            raise ValueError(f"a list without end at octet {position}")
        position = token.end()
        first = token[0][0]
        if first in b"({~" and token[0].endswith(b"}\r\n"):
            next(literals, b"")  # type: ignore[call-overload]
        elif token[0] == b"(":
            depth += 1
        elif token[0] == b")":
            depth -= 1
    return position


def number(items: dict[bytes, bytes], name: bytes, largest: int) -> int:
    """A non-negative number of the items, 0 when it is missing. Raises ValueError when it is none."""
    digits = items.get(name, b"0")
    if not digits.isdigit() or len(digits) > 20 or int(digits) > largest:
        raise ValueError(f"odd number {digits[:30]!r} for {name!r}")
    return int(digits)


def internal_date(text: bytes) -> int:
    """INTERNALDATE (RFC 3501 9, date-time) in Unix seconds, 0 for what cannot be read."""
    found = _DATE.fullmatch(text)
    if not found:
        return 0
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        days = date(int(year), _MONTHS.get(month.lower(), 0), int(day)).toordinal() - _EPOCH
    except ValueError:
        return 0
    offset = (int(hours) * 60 + int(minutes)) * (1 if sign == b"+" else -1)
    return ((days * 24 + int(hour)) * 60 + int(minute) - offset) * 60 + int(second)
