"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045 5.1, RFC 2183, RFC 2231)."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from tui.mail import charset, words

# Values arrive as Latin-1 text, one character an octet, so that a boundary gives back the very bytes.
_TYPE = re.compile(r"\s*([!#$%&'*+.^_`{|}~0-9A-Za-z-]+)\s*/\s*([!#$%&'*+.^_`{|}~0-9A-Za-z-]+)")
_TOKEN = re.compile(r"\s*([!#$%&'*+.^_`{|}~0-9A-Za-z-]+)")
_PARAMETER = re.compile(
    r"""[;\s]++([^\s;="()<>@,/?\[\]\\]++)\s*+=\s*+
        (?:"([^"\\]*+(?:\\.[^"\\]*+){0,5000})(?:"|\Z)|([^;]*+))""",
    re.VERBOSE | re.DOTALL,
)
_EDGE = re.compile(r"[;\s]")
_NO_PARAMETER = re.compile(r"[;\s]++[^;\s]*+")
_SECTION = re.compile(r"(.+?)\*(\d{1,4})?(\*)?\Z")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NEXT = re.compile(r"(?<!\s)\s++[A-Za-z][A-Za-z0-9-]*+\*?=")
_MOST = 1000


def content_type(value: str) -> tuple[str, dict[str, str]] | None:
    """`type/subtype` in lower case and the parameters, or None when the field names no type (RFC
    2045 5.2).
    """
    plain = without_comments(value)
    match = _TYPE.match(plain)
    if match is None:
        return None
    return f"{match[1]}/{match[2]}".lower(), _parameters(plain[match.end() :])


def loose_parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-Type field whose type cannot be read."""
    return _parameters(";" + without_comments(value))


def disposition(value: str) -> tuple[str, dict[str, str]]:
    """The disposition in lower case ("" when there is none) and its parameters."""
    plain = without_comments(value)
    match = _TOKEN.match(plain)
    if match is None or plain[match.end() :].lstrip().startswith("="):
        return "", _parameters(";" + plain)
    return match[1].lower(), _parameters(plain[match.end() :])


def token(value: str) -> str:
    """The first word of a field such as Content-Transfer-Encoding, lower case, comments and quotes taken
    off.
    """
    return without_comments(value).strip().strip("\"'").strip().split(";", 1)[0].strip().lower()


def _parameters(text: str) -> dict[str, str]:
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    position, count = 0, 0
    while count < _MOST and (edge := _EDGE.search(text, position)):
        match = _PARAMETER.match(text, edge.start())
        if match is None:
            skipped = _NO_PARAMETER.match(text, edge.start())
            position = skipped.end() if skipped else len(text)
            continue
        count += 1
        position = match.end()
        name = match[1].lower()
        if match[2] is not None:
            value = _ESCAPED.sub(r"\1", match[2]) if "\\" in match[2] else match[2]
        else:
            value, position = _bare(match, position)
        section = _SECTION.match(name) if "*" in name else None
        if section is None:
            plain.setdefault(name, value)
        else:
            parts = sections.setdefault(section[1], {})
            parts.setdefault(int(section[2] or 0), (value, bool(section[3]) or section[2] is None))
    result = {name: _text(value) if name != "boundary" else value for name, value in plain.items()}
    for name, parts in sections.items():
        joined = _joined(parts)
        if joined or name not in result:
            result[name] = joined
    return result


def _bare(match: re.Match[str], position: int) -> tuple[str, int]:
    """An unquoted value: up to the semicolon, or to the next `name=` when the semicolon was forgotten."""
    value = match[3]
    following = _NEXT.search(value)
    if following:
        position = match.start(3) + following.start()
        value = value[: following.start()]
    return value.strip().rstrip('"').strip(), position


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Continuations in order (RFC 2231 3); those after a gap are lost. Octets are joined before they are
    decoded.
    """
    label, data, number = "", bytearray(), 0
    while number in parts or (number == 0 and 1 in parts):
        value, extended = parts.get(number, ("", False))
        if extended and number == 0 and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        data += (
            unquote_to_bytes(value.encode("latin-1", "replace"))
            if extended
            else value.encode("latin-1", "replace")
        )
        number += 1
    text = charset.decode(bytes(data), label)
    return words.decode(text) if not label else text


def _text(value: str) -> str:
    """An ordinary value: raw octets as UTF-8 or Windows-1252, and encoded words, which have no place
    there.
    """
    if not value.isascii():
        value = charset.guess(value.encode("latin-1", "replace"))
    elif "\x1b$" in value:
        value = charset.guess(value.encode("ascii"))
    return words.decode(value)


def without_comments(value: str) -> str:
    """`value` without RFC 822 comments, which may nest; quoted strings are left alone."""
    if "(" not in value:
        return value
    out: list[str] = []
    depth, quoted, start = 0, False, 0
    for match in re.finditer(r'\\.|["()]', value, re.DOTALL):
        char = match[0]
        if char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            if not depth:
                out.append(value[start : match.start()])
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            start = match.end()
    if depth:
        return "".join(out) + value[len(value) if out else 0 :]
    return "".join(out) + value[start:]
