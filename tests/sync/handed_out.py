"""Mail on a server, and what stands between it and the program: counts what is handed out, or spoils it."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Rewrite
from tests.sync.letters_in import letter

_HANDED_OUT = re.compile(rb"\* \d+ FETCH \(UID (\d+) .*?(BODY\[(?:HEADER)?)")


def delivered(dovecot: Dovecot, user: str, letters: int) -> list[bytes]:
    """Deliver so many letters to the inbox; answers their bytes."""
    made = [letter(number) for number in range(letters)]
    for raw in made:
        dovecot.deliver(user, raw)
    return made


class Tap:
    """Counts what the server hands out; `at` calls something when so many have passed, `wrong` is a UID whose
    body is handed out under another one."""

    def __init__(self, wrong: int = 0) -> None:
        self.headers: Counter[int] = Counter()
        self.bodies: Counter[int] = Counter()
        self.then: dict[int, Any] = {}
        self._wrong = wrong

    def __call__(self, line: bytes) -> bytes:
        found = _HANDED_OUT.match(line)
        if not found:
            return line
        whole = found[2] == b"BODY["
        (self.bodies if whole else self.headers)[int(found[1])] += 1
        call = self.then.pop(self.headers.total() + self.bodies.total(), None)
        if call:
            call()
        if whole and int(found[1]) == self._wrong:
            return line.replace(b"(UID %d " % self._wrong, b"(UID 999999 ")
        return line


def spoilt(*uids: int, what: bytes) -> Rewrite:
    """The server says that these messages are shorter than they are, so that their ends look like answers."""
    line = re.compile(rb"(\* \d+ FETCH \(UID (\d+) .*" + re.escape(what) + rb".*\{)(\d+)(\}\r\n)")

    def rewrite(text: bytes) -> bytes:
        found = line.fullmatch(text)
        if not found or int(found[2]) not in uids:
            return text
        return found[1] + b"%d" % (int(found[3]) - 20) + found[4]

    return rewrite
