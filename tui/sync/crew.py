"""The threads that serve accounts: one worker each, and those of the outbox."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, wait
from contextlib import suppress
from math import inf
from typing import Any

from tui.model.account import Account, Protocol
from tui.model.command import Fetch, Summary
from tui.model.draft import SendState
from tui.model.error import MailError, NotFound, Offline
from tui.model.event import Phase
from tui.store.reader import Reader
from tui.sync.context import Context
from tui.sync.futures import in_thread, refused
from tui.sync.indexing import index_few
from tui.sync.jobs import FetchMail, LookForSent, OpenBody, PushChanges, Work
from tui.sync.outbox import Outbox
from tui.sync.visit import Counts
from tui.sync.worker import Worker

log = logging.getLogger(__name__)

SENT_SOON = 20.0
"""Seconds in which a mail has left as a rule. A short command gives its mail as long before it receives: the
copy of what has left is then pushed with the same fetch."""
STOP_NOTICED = 0.2


class Crew:
    """Workers by account address. Idle until `start`; every method may be called from any thread."""

    def __init__(self, context: Context, *, watch: bool) -> None:
        self._context = context
        self._watch = watch
        self._lock = threading.RLock()
        self._workers: dict[str, Worker] = {}
        self._leaving: list[Worker] = []
        self._outbox: Outbox | None = None
        self._stops = 0

    def start(self) -> None:
        """Begin to talk to servers."""
        with self._lock:
            if self._outbox is None:
                self._outbox = Outbox(self._context, self._ask_sent, watch=self._watch)
                self._outbox.start()
        self.match_settings()

    def match_settings(self) -> None:
        """Give every account of the settings its worker, a changed one a new worker, and end the others'."""
        with self._lock:
            if self._outbox is None:
                return
            wanted = {one.address: one for one in self._context.settings.accounts}
            for address, worker in list(self._workers.items()):
                if wanted.get(address) != worker.account:
                    self._dismiss(address)
            for account in wanted.values():
                if account.receiving is None:
                    self._context.board.enter(account.address, Phase.UP_TO_DATE)
                elif account.address not in self._workers:
                    self._hire(account)

    def restart(self, address: str) -> None:
        """Begin an account anew, as after a sign-in."""
        with self._lock:
            if address in self._workers:
                self._dismiss(address)
        self.match_settings()
        self.release(address)

    def release(self, address: str) -> None:
        """Mail of an account that waited for a sign-in may leave."""
        if self._outbox:
            self._outbox.release(address)

    def _hire(self, account: Account) -> None:
        worker = Worker(self._context, account, watch=self._watch)
        self._workers[account.address] = worker
        worker.start()

    def _dismiss(self, address: str) -> None:
        worker = self._workers.pop(address)
        worker.close()
        self._leaving = [one for one in self._leaving if not one.join(0)]
        self._leaving.append(worker)

    def pause(self, address: str, within: float = 5.0) -> None:
        """End an account's worker and wait for it, as before its mail is filed anew."""
        with self._lock:
            worker = self._workers.pop(address, None)
        if worker:
            worker.close()
            worker.join(within)

    def _worker(self, address: str) -> Worker:
        with self._lock:
            worker = self._workers.get(address)
        if worker is None:
            raise NotFound(
                f"There is no account {address} that receives mail.",
                "outlook-tui account list shows them all.",
            )
        return worker

    def ask(self, address: str, work: Work) -> Future[Any]:
        """Give an account's worker something to do. Raises NotFound when it has none."""
        return self._worker(address).ask(work)

    # What the commands come to

    def fetch(self, command: Fetch) -> Future[tuple[Summary, ...]]:
        """Send what is due, then bring accounts up to date; one Summary an account, also where it failed."""
        return in_thread(lambda: self._fetch(command), "fetch")

    def _fetch(self, command: Fetch) -> tuple[Summary, ...]:
        stops = self._stops
        addresses = (
            [command.account] if command.account else [a.address for a in self._context.settings.accounts]
        )
        began = time.monotonic()
        sends = self._send_due(addresses)
        if not self._watch:
            self._wait_for([future for one in sends.values() for future in one], stops, SENT_SOON)
        work = FetchMail(command.folders, bodies=not command.headers_only)
        asked = [(address, self._asked(address, work)) for address in addresses]
        fetched = [(address, counted(one)) for address, one in asked]
        summaries = tuple(
            summary(address, counts, self._sent(sends[address], stops), began) for address, counts in fetched
        )
        if not self._watch:  # else a thread of its own does so
            with suppress(MailError):
                index_few(self._context.database)
        return summaries

    def _asked(self, address: str, work: Work) -> Future[Any] | None:
        account = self._context.account(address)
        if account is not None and account.incoming is Protocol.NONE:
            return None
        return self.ask(address, work)

    def _send_due(self, addresses: list[str]) -> dict[str, list[Future[SendState]]]:
        """Have the due mail of these accounts sent. Why one did not leave, the outbox shows."""
        sends: dict[str, list[Future[SendState]]] = {address: [] for address in addresses}
        with Reader(self._context.database) as reader:
            for number in reader.due(int(time.time())) if self._outbox else ():
                one = reader.outgoing(number)
                if one and one.account in sends and self._outbox:
                    sends[one.account].append(self._outbox.watch(number))
        return sends

    def _sent(self, sends: list[Future[SendState]], stops: int) -> int:
        """How many of these have left. The rest is waited for where this process ends with its command, for
        ten minutes if a server is silent after the final dot: to break that off makes for unsure mail."""
        self._wait_for(sends, stops, SENT_SOON if self._watch else inf)
        done = [one for one in sends if one.done() and not one.exception()]
        return sum(one.result() is SendState.SENT for one in done)

    def _wait_for(self, sends: list[Future[SendState]], stops: int, within: float) -> None:
        """Wait until these have come to rest, for so many seconds, or until somebody stops that."""
        ends = time.monotonic() + within
        while wait(sends, STOP_NOTICED).not_done and self._stops == stops and time.monotonic() < ends:
            pass

    def open_body(self, message: int) -> Future[bool]:
        """Fetch one message's body, before all other work."""
        try:
            with Reader(self._context.database) as reader:
                row = reader.row(message)
            if row is None:
                raise NotFound("This message is not here any more.")
            return self.ask(row.account, OpenBody(message))
        except MailError as error:
            return refused(error)

    def send(self, ids: tuple[int, ...]) -> Future[tuple[int, ...]]:
        """Send these mails, or all that are due, and wait for each to come to rest."""
        return in_thread(lambda: self._send(ids), "send")

    def _send(self, ids: tuple[int, ...]) -> tuple[int, ...]:
        with Reader(self._context.database) as reader:
            numbers = ids or tuple(reader.due(int(time.time())))
        if self._outbox is None:
            raise Offline("Nothing is being sent by this process.")
        for one in [self._outbox.watch(number) for number in numbers]:
            one.result()
        return numbers

    def _ask_sent(self, address: str, outgoing: int) -> Future[Any] | None:
        """Look for an unsure mail in the account's Sent folder; None where there is none to look in."""
        try:
            return self.ask(address, LookForSent(outgoing))
        except NotFound:
            return None

    def cancel(self, address: str) -> None:
        """Stop the present work of one account, or of all. What is being sent goes on: nobody need wait."""
        with self._lock:
            self._stops += 1
            workers = [one for key, one in self._workers.items() if address in ("", key)]
        for worker in workers:
            worker.cancel()

    def go_offline(self, offline: bool) -> None:
        """Leave the network alone, or come back to it."""
        if offline:
            self._context.offline.set()
            self.cancel("")
            return
        self._context.offline.clear()
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers:
            worker.ask(FetchMail())
        self.nudge_outbox()

    def begin_anew(self) -> None:
        """The computer slept, or is in another network: no connection of before is trusted."""
        with self._lock:
            workers = list(self._workers.values())
        for worker in workers if self._watch else ():
            worker.begin_anew()
        if self._outbox:
            self._outbox.begin_anew()

    def nudge(self, address: str) -> None:
        """There are changes to be told to an account's server."""
        with self._lock:
            worker = self._workers.get(address)
        if worker and worker.account.incoming is Protocol.IMAP:
            worker.jobs.add(PushChanges())

    def nudge_outbox(self) -> None:
        """Something in the outbox is new or due sooner."""
        if self._outbox:
            self._outbox.nudge()

    def close(self, deadline: float) -> bool:
        """End all threads by `deadline` (monotonic seconds); True when they all have ended."""
        with self._lock:
            workers = [*self._workers.values(), *self._leaving]
            self._workers.clear()
        for worker in workers:
            worker.close()
        sent = self._outbox is None or self._outbox.close(max(0.0, deadline - time.monotonic()))
        ended = [worker.join(max(0.0, deadline - time.monotonic())) for worker in workers]
        return sent and all(ended)


def counted(future: Future[Any] | None) -> Counts:
    """Wait for an account's fetch: what it came to, or why it failed."""
    counts = Counts()
    if future is not None:
        try:
            counts = future.result() or counts
        except MailError as error:
            counts.problem(" ".join(filter(None, (error.what, error.hint))), error.exit_code)
    return counts


def summary(address: str, counts: Counts, sent: int, began: float) -> Summary:
    """What a fetch and the sends beside it came to."""
    return Summary(
        account=address,
        new=counts.new,
        changed=counts.changed,
        gone=counts.gone,
        sent=sent,
        bytes=counts.bytes,
        seconds=round(time.monotonic() - began, 3),
        problems=tuple(counts.problems),
        exit_code=counts.exit_code,
    )
