"""The program run inside the test's own process: quick, and with its exact bytes."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.__main__ import main
from tui.demo.demo import Demo


@dataclass(frozen=True, slots=True)
class Result:
    """What one run printed, and how it ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        """Standard output as text."""
        return self.raw.decode("utf-8")

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def record(self) -> dict[str, Any]:
        """The one JSON object that was printed."""
        (found,) = self.records
        return found


class _Stream(io.TextIOWrapper):
    """A stream in memory, written through so that text and bytes keep their order."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), encoding="utf-8", write_through=True)

    def data(self) -> bytes:
        found = self.buffer
        assert isinstance(found, io.BytesIO)
        return found.getvalue()


@dataclass(frozen=True, slots=True)
class Program:
    """`outlook-tui --home HOME …`."""

    home: Path

    def __call__(self, *words: object, stdin: bytes = b"", code: int | None = 0) -> Result:
        """Run it; with `code` the exit code must be that one."""
        with _streams(stdin) as (out, err):
            ended = main(["--home", str(self.home), *map(str, words)])
        result = Result(ended, out.data(), err.data().decode())
        assert code is None or ended == code, f"exit {ended}: {result.out}{result.err}"
        return result

    def json(self, *words: object, stdin: bytes = b"", code: int | None = 0) -> Result:
        """Run it with --json; every line of its output must then be an object."""
        result = self("--json", *words, stdin=stdin, code=code)
        assert all(isinstance(record, dict) for record in result.records)
        return result

    def add(self, demo: Demo, *words: str, incoming: str = "imap") -> Result:
        """Set up the demo's account, its password printed by a command."""
        secret = self.home.parent / "secret"
        secret.write_text(demo.secret.reveal() + "\n")
        command = f"cat {secret}"
        signing_in = ("--incoming", incoming, "--password-command", command)
        return self.json("account", "add", demo.account.address, *signing_in, *servers(demo), *words)


def servers(demo: Demo) -> Iterator[str]:
    """The options of `account add` that name the demo's servers."""
    known = {"imap": demo.account.imap, "pop3": demo.account.pop3, "smtp": demo.account.smtp}
    for kind, server in known.items():
        assert server is not None
        yield from (
            f"--{kind}-host",
            server.host,
            f"--{kind}-port",
            str(server.port),
            f"--{kind}-security",
            "plain",
        )


@contextmanager
def _streams(stdin: bytes) -> Iterator[tuple[_Stream, _Stream]]:
    old = sys.stdin, sys.stdout, sys.stderr
    out, err = _Stream(), _Stream()
    sys.stdin, sys.stdout, sys.stderr = _Stream(stdin), out, err
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = old
