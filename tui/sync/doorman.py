"""The door between processes: requests of others are carried out; the lead is taken when it falls free."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from tui.model.command import NetworkCommand
from tui.model.error import Cancelled, MailError, StoreBroken, Undecided
from tui.model.event import FoldersChanged
from tui.store.lock import EngineLock
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context
from tui.sync.crew import Crew
from tui.sync.letters import answer_from_json, answer_to_json, command_from_json, command_to_json
from tui.sync.surroundings import Surroundings

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
LEADER_SILENT = 15.0


class Doorman:
    """One daemon thread that looks at `PRAGMA data_version` five times a second."""

    def __init__(
        self,
        context: Context,
        lock: EngineLock,
        crew: Crew,
        post: Callable[[NetworkCommand], Future[Any]],
        led: Callable[[], None],
    ) -> None:
        self._context = context
        self._lock = lock
        self._crew = crew
        self._post = post
        self._led = led
        self._stop = threading.Event()
        self._at_work: dict[int, Future[Any]] = {}
        self._thread = threading.Thread(target=self._run, name="doorman", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self, deadline: float) -> None:
        """End by `deadline` (monotonic seconds)."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                if self._lock.held:
                    writer.expire()
                version, surroundings = -1, Surroundings()
                while not self._stop.wait(LOOK_EVERY):
                    if not self._lock.held and self._lock.acquire():
                        writer.requests_reopen()
                        self._led()
                    if self._lock.held and surroundings.changed():
                        log.info("this computer slept, or is in another network: connecting anew")
                        self._crew.begin_anew()
                    self._answer(writer)
                    if (now := reader.data_version()) != version:
                        version = now
                        self._look(reader, writer)
        except StoreBroken as error:
            log.error("requests of other processes: %s (%s)", error, error.detail)
        except Exception:  # the top of a thread: nothing above it could say what happened
            log.exception("the doorman ended")

    def _look(self, reader: Reader, writer: Writer) -> None:
        """Somebody has written: another process, or another thread of this one."""
        if not self._lock.held:
            self._context.board.tell(FoldersChanged(""))
            return
        for request in reader.requests_open():
            if request.id not in self._at_work:
                self._take(writer, request.id, request.command)
        for address in reader.accounts_pending():
            self._crew.nudge(address)
        self._crew.nudge_outbox()

    def _take(self, writer: Writer, number: int, text: str) -> None:
        try:
            command = command_from_json(text)
        except ValueError as error:
            refusal = MailError("The open outlook-tui is of another version.", "Close it and try again.")
            log.warning("request %d: %s", number, error)
            writer.request_answer(number, answer_to_json(refusal))
            return
        writer.request_taken(number)
        self._at_work[number] = self._post(command)

    def _answer(self, writer: Writer) -> None:
        """Write the answers of requests that are done."""
        for number, future in [(n, f) for n, f in self._at_work.items() if f.done()]:
            del self._at_work[number]
            error = future.exception()
            if error is not None and not isinstance(error, MailError):
                error = MailError("This did not work by a fault of this program.", detail=repr(error))
            writer.request_answer(number, answer_to_json(error or future.result()))


def ask_leader(context: Context, command: NetworkCommand, closing: threading.Event) -> object:
    """Have the process that leads carry out a command, and wait for its answer.

    Raises the MailError it ended with, Undecided when nobody takes the request.
    """
    with Writer(context.database) as writer, Reader(context.database) as reader:
        number = writer.request_add(command_to_json(command))
        asked = time.monotonic()
        while not closing.wait(LOOK_EVERY / 2):
            request = reader.request(number)
            if request is None:
                break
            if request.answer:
                writer.request_done(number)
                return answer_from_json(request.answer)
            if not request.taken and time.monotonic() - asked > LEADER_SILENT:
                writer.request_done(number)
                raise Undecided(
                    "Another outlook-tui holds the connection and does not answer.",
                    "Close it and try again; what you asked for has not been done.",
                )
    raise Cancelled("The program is closing.")
