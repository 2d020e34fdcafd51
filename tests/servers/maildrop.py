"""A POP3 server with a maildrop of its own, which can be told to lie (RFC 1939)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tests.servers.scripted import POP3_GREETING, Act, Answer, Scripted


class Maildrop(Scripted):
    """`box` maps UIDLs to octets, and is what a test changes between sessions.

    `refused` names the UIDLs whose RETR and TOP are answered with `refusal`; `unlisted` those that UIDL and
    LIST leave out; `uidl` False makes a server without UIDL, `same_uidl` one that gives all the same,
    `extra` is added to each size that LIST names. `deleted` holds what QUIT removed. After `cut_after` octets
    of messages the connection ends, once. `parting` says what becomes of QUIT: "done", "unheard" (the
    connection ends before), "unsaid" (it ends after the work) or "refused". `login` answers PASS.
    """

    def __init__(self, box: dict[str, bytes]) -> None:
        super().__init__(POP3_GREETING, [])
        self.box = box
        self.refused: Collection[str] = ()
        self.refusal = b"-ERR this message cannot be read\r\n"
        self.unlisted: Collection[str] = ()
        self.uidl, self.same_uidl, self.top = True, "", True
        self.extra = 0
        self.cut_after: int | None = None
        self.parting = "done"
        self.login = b"+OK\r\n"
        self.capa = b"UIDL\r\nTOP\r\nUSER\r\nPIPELINING\r\n"
        self.deleted: list[bytes] = []
        self.retrieved = 0
        self._marked: list[str] = []

    def _answer(self, line: bytes) -> Answer:
        command, *words = line.decode("ascii").split() or [""]
        listed = [name for name in self.box if name not in self.unlisted]
        named = [(number, self.same_uidl or name) for number, name in enumerate(listed, 1)]
        match command.upper():
            case "CAPA":
                return b"+OK\r\n" + self.capa + b".\r\n"
            case "USER":
                self._marked = []  # another session: what none of its own asked for stays
            case "PASS":
                return self.login
            case "UIDL" if self.uidl:
                return _lines(f"{number} {name}" for number, name in named)
            case "LIST":
                sizes = [len(self.box[name]) + self.extra for name in listed]
                return _lines(f"{number} {size}" for number, size in enumerate(sizes, 1))
            case "RETR" | "TOP" as verb:
                return self._message(verb, listed[int(words[0]) - 1])
            case "DELE":
                self._marked.append(listed[int(words[0]) - 1])
            case "QUIT":
                return self._quit()
            case "UIDL":
                return b"-ERR unknown command\r\n"
        return b"+OK\r\n"

    def _quit(self) -> Answer:
        if self.parting in ("done", "unsaid"):
            self.deleted += [self.box.pop(name) for name in self._marked]
            self._marked = []
        word = {"done": b"+OK\r\n", "refused": b"-ERR some are not removed\r\n"}.get(self.parting, b"")
        return (word, Act.CLOSE)

    def _message(self, verb: str, name: str) -> Answer:
        if name in self.refused or (verb == "TOP" and not self.top):
            return self.refusal
        raw = self.box[name]
        self.retrieved += verb == "RETR"
        if verb == "TOP":
            raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        answer = b"+OK\r\n" + (b"\r\n" + raw).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"
        if self.cut_after is not None and verb == "RETR":
            left, self.cut_after = self.cut_after, self.cut_after - len(answer)
            if self.cut_after < 0:
                self.cut_after = None
                return (answer[:left], Act.CLOSE)
        return answer


def _lines(lines: Iterable[str]) -> bytes:
    return b"+OK\r\n" + b"".join(f"{line}\r\n".encode() for line in lines) + b".\r\n"
