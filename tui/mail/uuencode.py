"""Files that old mail programs wrote right into the text (POSIX uuencode)."""

from __future__ import annotations

import re
from binascii import Error, a2b_uu

_BEGIN = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,255})\n", re.MULTILINE)
_LINE = re.compile(r"[ -`]{1,90}")
_END = re.compile(r"`?\n?end[ \t]*(?:\n|\Z)")
_MOST = 100


def take_out(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text with each whole uuencoded file in it replaced by its name in brackets, and the files.

    What only begins like one stays as it is.
    """
    files: list[tuple[str, bytes]] = []
    out: list[str] = []
    position = 0
    while len(files) < _MOST and (begin := _BEGIN.search(text, position)):
        found = _file(text, begin.end())
        if found is None:
            out.append(text[position : begin.end()])
            position = begin.end()
            continue
        data, end = found
        files.append((begin[1].strip(), data))
        out.append(f"{text[position : begin.start()]}[{begin[1].strip()}]\n")
        position = end
    return "".join(out) + text[position:], files


def _file(text: str, start: int) -> tuple[bytes, int] | None:
    """The bytes of the lines from `start` up to `end`, and where they end; None when they are no
    such file.
    """
    data: list[bytes] = []
    position = start
    while not (end := _END.match(text, position)):
        line = _LINE.match(text, position)
        if line is None or not text.startswith("\n", line.end()):
            return None
        try:
            data.append(a2b_uu(line[0].encode("ascii")))
        except Error:
            return None
        position = line.end() + 1
    return b"".join(data), end.end()
