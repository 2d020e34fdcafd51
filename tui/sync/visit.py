"""What an account's thread needs of a visit to its server, whatever the protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from tui.sync.jobs import Work


@dataclass(slots=True)
class Counts:
    """What a fetch came to so far."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    bytes: int = 0
    problems: list[str] = field(default_factory=list)
    exit_code: int = 0

    def problem(self, sentence: str, exit_code: int) -> None:
        """Note something that went wrong without ending the fetch; the worst code stays."""
        if sentence not in self.problems:
            self.problems.append(sentence)
        self.exit_code = max(self.exit_code, exit_code)


class Visit(Protocol):
    """One connection to an account's server, from sign-in to goodbye. Used by one thread, except `abort`."""

    def open(self) -> None:
        """Connect and sign in. Raises MailError."""

    def do(self, work: Work) -> object:
        """Carry out one piece of work. Raises MailError; the visit is closed after any but Refused."""

    def pushes(self) -> bool:
        """Whether the server tells of new mail by itself while it is waited for."""

    def outlived(self) -> bool:
        """Whether the sign-in of this visit is about to end and there is a newer one: a new visit goes on."""

    def least_pause(self) -> float:
        """Seconds that must pass between two fetches that nobody asked for."""

    def rest(self, seconds: float) -> bool:
        """Wait for the server to speak, for `wake`, or for the time to pass; True when there may be news."""

    def wake(self) -> None:
        """End `rest` at once; from any thread."""

    def abort(self) -> None:
        """Break whatever waits on the network; from any thread."""

    def close(self) -> None:
        """Say goodbye if that is possible, and free everything."""


Interlude = Callable[[], None]
"""Called between bounded steps: raises Cancelled when asked to stop, and serves more urgent work."""
