"""Looking for secrets where none may be: in text, in files, in the processes of this computer."""

from __future__ import annotations

import base64
import os
import threading
import urllib.parse
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType

_PIECE = 16
_SHORT = 12
_EVERY = 0.01
_LOOKS = 6


def forms_of(secret: str) -> Iterator[bytes]:
    """What a secret looks like where it was cut, quoted for an address, or put into base64 among other text.

    Of a long one a piece from its middle: its beginning may be no secret.
    """
    assert len(secret) >= _SHORT, "too short to be told from other text"
    piece = secret if len(secret) < 2 * _PIECE else secret[_PIECE : 2 * _PIECE]
    yield piece.encode()
    yield urllib.parse.quote(piece, safe="").encode()
    for shift in range(3):
        encoded = base64.b64encode(b" " * shift + piece.encode())
        yield encoded[4:-4]  # whatever stands before and behind changes the ends


class Canaries:
    """Secrets that must not be found."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = {form: secret for secret in secrets for form in forms_of(secret)}

    def found_in(self, data: bytes | str) -> list[str]:
        """The first letters of each secret that `data` holds."""
        octets = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
        return sorted({secret[:10] for form, secret in self._forms.items() if form in octets})

    def files_below(self, folder: Path) -> dict[str, list[str]]:
        """The files that hold a secret, or have one in their names."""
        found = {}
        for path in sorted(folder.rglob("*")):
            inside = self.found_in(path.read_bytes()) if path.is_file() else []
            if inside or self.found_in(str(path)):
                found[str(path.relative_to(folder))] = inside or ["in its name"]
        return found


class Watch:
    """Looks at the command lines and environments of all that this process starts, and of what that starts
    in its turn, while it is entered (proc(5))."""

    def __init__(self) -> None:
        self.seen: set[bytes] = set()
        self.processes: set[int] = set()
        self._over = threading.Event()
        self._looks: dict[int, int] = {}
        self._thread = threading.Thread(target=self._watch, name="watch")

    def __enter__(self) -> Watch:
        self._before = set(_processes())
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            for number in _processes():
                if number not in self._before and self._looks.get(number, 0) < _LOOKS:
                    self._look_at(number)

    def _look_at(self, number: int) -> None:
        self._looks[number] = self._looks.get(number, 0) + 1
        try:
            if not (number in self.processes or self._is_ours(number)):
                return
            for name in ("cmdline", "environ"):
                self.seen.add(Path("/proc", str(number), name).read_bytes())
        except OSError:  # it has ended
            return
        self.processes.add(number)

    def _is_ours(self, number: int) -> bool:
        while number > 1:
            # The name, which may hold anything, stands in brackets before the state and the parent.
            number = int(Path("/proc", str(number), "stat").read_text().rpartition(")")[2].split()[1])
            if number == os.getpid() or number in self.processes:
                return True
        return False


def _processes() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit())
