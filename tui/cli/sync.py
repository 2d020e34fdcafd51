"""`sync`: fetch what is new, push what waits, send the outbox, and follow the server with --watch."""

from __future__ import annotations

import queue
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tui.cli import records
from tui.cli.codes import worst
from tui.cli.shell import NO_ACCOUNT, NO_ACCOUNT_HINT, Shell
from tui.model.command import Fetch, Summary
from tui.model.error import BadConfig, Offline
from tui.model.event import AccountStatus, Asked, Event, NewMail, OutboxChanged, Phase, Problem, StatusChanged

if TYPE_CHECKING:
    from tui.sync.engine import Engine

Events = queue.SimpleQueue["Event | None"]

_FOR_PEOPLE = frozenset({"status", "asked", "problem"})


def sync(shell: Shell, options: Namespace) -> int:
    """Bring the chosen accounts up to date; the exit code is that of the worst one."""
    accounts = shell.accounts()
    if not accounts:
        raise BadConfig(NO_ACCOUNT, NO_ACCOUNT_HINT)
    if shell.offline:
        raise Offline("Working offline, as you asked.", "Leave --offline out to fetch mail.")
    wanted = shell.account().address if shell.wanted else ""
    with shell.engine() as engine, _heard(engine) as events:
        fetch = Fetch(wanted, tuple(options.folder), options.headers)
        summaries = _followed(engine.post(fetch), events, _Teller(shell, engine))
    for summary in summaries:
        shell.output.record(records.summary(summary), _summary_text(summary))
        if not shell.output.json:
            for problem in summary.problems:
                shell.output.note(problem)
    if options.watch:
        _watch(shell)
    return worst(summary.exit_code for summary in summaries)


def _watch(shell: Shell) -> None:
    """Follow the servers until Ctrl+C."""
    with shell.engine(watch=True) as engine, _heard(engine) as events:
        if not engine.leading:
            shell.output.note("Another outlook-tui talks to the servers; this one takes over when it ends.")
        teller = _Teller(shell, engine, watching=True)
        while event := events.get():
            teller.tell(event)


@contextmanager
def _heard(engine: Engine) -> Iterator[Events]:
    """The engine's events in the order in which they came."""
    events: Events = queue.SimpleQueue()
    unlisten = engine.listen(events.put)
    try:
        yield events
    finally:
        unlisten()


def _followed(future: Future[tuple[Summary, ...]], events: Events, teller: _Teller) -> tuple[Summary, ...]:
    """The answer of `future`; what happens meanwhile is told as it happens."""
    future.add_done_callback(lambda _: events.put(None))
    while event := events.get():
        teller.tell(event)
    return future.result()


class _Teller:
    """Prints events: what programs may act on as lines, states and problems on standard error."""

    def __init__(self, shell: Shell, engine: Engine, *, watching: bool = False) -> None:
        self._shell = shell
        self._engine = engine
        self._watching = watching
        self._phases: dict[str, Phase] = {}

    def tell(self, event: Event) -> None:
        """Print one event, if it is one to print."""
        match event:
            case StatusChanged(account):
                if self._concerned(account):
                    self._status(self._engine.status(account))
            case NewMail(account, folder, count) if self._concerned(account):
                self._line("new-mail", account, f"{count} new", folder=folder, count=count)
            case OutboxChanged(number):
                self._line("outbox", "", f"outbox {number} has changed", id=number)
            case Asked(account, folder, count) if self._concerned(account):
                text = f"{count} messages vanished from the server at once and are kept here until you decide"
                self._line("asked", account, text, folder=folder, count=count)
            case Problem(account, what, hint, _) if self._concerned(account):
                self._line("problem", account, f"{what} {hint}".strip(), what=what, hint=hint)

    def _concerned(self, account: str) -> bool:
        wanted = self._shell.wanted.lower()
        return not wanted or account.lower() in ("", wanted)

    def _status(self, status: AccountStatus) -> None:
        if status.phase is Phase.FETCHING:
            self._shell.output.progress(f"{status.account}: {status.folder} {status.done} of {status.total}")
        if self._phases.get(status.account) is status.phase:
            return
        self._phases[status.account] = status.phase
        text = f"{status.phase.value}{': ' + status.what if status.what else ''}"
        self._line(
            "status", status.account, text, phase=status.phase.value, what=status.what, hint=status.hint
        )

    def _line(self, event: str, account: str, text: str, **fields: object) -> None:
        values = {key: value if value != "" else None for key, value in fields.items()}
        line = f"{account}: {text}" if account else text
        if self._shell.output.json or event not in _FOR_PEOPLE:
            self._shell.output.record({"event": event, "account": account or None, **values}, line)
        elif self._watching:
            self._shell.output.note(line)  # else the summary says it


def _summary_text(summary: Summary) -> str:
    counted = (
        (summary.new, "new"),
        (summary.changed, "changed"),
        (summary.gone, "gone"),
        (summary.sent, "sent"),
    )
    nothing = "nothing new" if not summary.exit_code else "not brought up to date"
    said = ", ".join(f"{number} {word}" for number, word in counted if number) or nothing
    return f"{summary.account}: {said} ({summary.seconds:.1f} s)"
