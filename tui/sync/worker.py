"""The thread of one account: takes jobs, keeps one connection, waits out failures."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future
from typing import Any

from tui.model.account import Account, Protocol
from tui.model.error import (
    Cancelled,
    Garbled,
    MailError,
    Offline,
    Refused,
    SignInNeeded,
    StoreBroken,
    Untrusted,
)
from tui.model.event import Phase, Problem
from tui.model.explain_rule import Retry
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.backoff import Backoff
from tui.sync.context import Context, Halt
from tui.sync.jobs import FetchMail, Job, JobQueue, OpenBody, Urgency, Work
from tui.sync.visit import Visit

log = logging.getLogger(__name__)

LINGER = 20.0
LESSONS = 5
"""How many connections one piece of work may break before it is put off."""
SHORTEST_SESSION = 60.0  # seconds
"""What breaks sooner is followed by longer and longer pauses, though each new connection may go well."""
STANDSTILL: tuple[type[MailError], ...] = (SignInNeeded, Untrusted, StoreBroken)
"""Errors after which only the person's act makes another try worth while."""


class Worker:
    """`mail:<account>`: with `watch` it stays connected and looks for new mail by itself."""

    def __init__(self, context: Context, account: Account, *, watch: bool) -> None:
        self._context = context
        self._account = account
        self._watch = watch
        self._halt = Halt()
        self._backoff = Backoff()
        self._visit: Visit | None = None
        self._standstill: MailError | None = None
        self._next_fetch = 0.0
        self._well_since: float | None = None
        self._anew = threading.Event()
        self._least_pause = 0.0
        self._quietly = False
        self._token_end = -SHORTEST_SESSION
        self._busy = threading.Lock()
        self.jobs = JobQueue(self._wake)
        self._thread = threading.Thread(target=self._run, name=f"mail:{account.address}", daemon=True)

    @property
    def account(self) -> Account:
        """The account as it was when this thread began; a changed one gets a new thread."""
        return self._account

    def start(self) -> None:
        """Begin; a watching worker fetches at once."""
        self._thread.start()

    def ask(self, work: Work) -> Future[Any]:
        """A Future of the answer to `work`; a person's wish also ends a standstill and a pause."""
        future: Future[Any] = Future()
        self._standstill = None
        self._halt.cancel.clear()
        self.jobs.add(work, future)
        return future

    def cancel(self) -> None:
        """Stop the present work at its next step, or break what it waits for."""
        self._halt.cancel.set()
        visit = self._visit
        if visit and self._busy.locked():
            visit.abort()
        self._wake()

    def begin_anew(self) -> None:
        """The computer slept, or is in another network: connect again at once; from any thread.

        A connection of before may be dead without anybody having noticed, and a pause was for another
        network; so was an untrusted certificate, which may have been that of the network's own sign-in page.
        """
        self._anew.set()
        visit = self._visit
        if visit:
            visit.abort()
        self.jobs.add(FetchMail())

    def close(self) -> None:
        """Ask the thread to end, breaking whatever it waits for. Does not wait: see `join`."""
        self._halt.stop.set()
        for job in self.jobs.close():
            job.failed(Cancelled("The program is closing."))
        self._wake()
        visit = self._visit
        if visit:
            visit.abort()

    def join(self, within: float) -> bool:
        """Wait so many seconds for the end; True when it has ended."""
        if self._thread.is_alive():
            self._thread.join(within)
        return not self._thread.is_alive()

    def _wake(self) -> None:
        self.jobs.nudge()
        visit = self._visit
        if visit:
            visit.wake()

    # The thread

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                self._reader, self._writer = reader, writer
                if self._watch:
                    self.jobs.add(FetchMail())
                while not self._halt.stop.is_set():
                    self._turn()
        except StoreBroken as error:
            self._context.board.failed(self._account.address, error)
        except Exception:  # the top of a thread: nothing above it could say what happened
            log.exception("the thread of an account ended")
            fault = MailError(
                "Fetching has stopped by a fault of this program.", "Start it again; nothing is lost."
            )
            self._context.board.failed(self._account.address, fault)
        finally:
            self._end_visit()
            for job in self.jobs.close():
                job.failed(Cancelled("The program is closing."))

    def _turn(self) -> None:
        """One job, or one stretch of waiting."""
        job = self.jobs.take()
        if job is None:
            job = self._wait()
        if self._anew.is_set():
            self._let_go()
        if self._context.offline.is_set() and self._visit is not None:
            self._end_visit()
            self._next_fetch = 0.0  # it fails at once, and says that this is as wished
        if job is not None and (job.futures or not self._pausing()):
            self._attend(job)

    def _let_go(self) -> None:
        """Forget the connection and the pauses of before."""
        self._anew.clear()
        self._end_visit(politely=False)
        self._backoff, self._next_fetch = Backoff(), 0.0
        if isinstance(self._standstill, Untrusted):
            self._standstill = None

    def _pausing(self) -> bool:
        """Whether only a person's wish is worth a try now; the next fetch brings the rest along."""
        failing = self._well_since is None and self._backoff.failures > 0
        return self._standstill is not None or (failing and time.monotonic() < self._next_fetch)

    def _wait(self) -> Job | None:
        pause = self._next_fetch - time.monotonic()
        if self._watch and self._standstill is None and pause <= 0:
            self.jobs.add(FetchMail())
            return None
        if self._visit is None:
            return self.jobs.take(wait=pause if self._watch and self._standstill is None else 3600.0)
        if not self._watch:
            job = self.jobs.take(wait=LINGER)
            if job is None:
                self._end_visit()
            return job
        self._rest(max(pause, 0.1))
        return None

    def _rest(self, seconds: float) -> None:
        assert self._visit is not None
        try:
            if self._visit.outlived():
                self._end_visit()
                self._go_on_quietly()
            elif self._visit.rest(seconds):
                self.jobs.add(FetchMail(("INBOX",)))
            elif self._account.incoming is not Protocol.IMAP:
                self._end_visit()
        except MailError as error:
            self._end_visit(politely=False)
            if self._token_ended(error):
                self._go_on_quietly()
            elif not self._anew.is_set() and not self._halt.stop.is_set():
                self._pause(error)

    def _go_on_quietly(self) -> None:
        """Another connection takes the place of this one, which is nothing to tell anybody."""
        self._quietly = True
        self.jobs.add(FetchMail(("INBOX",)))

    def _token_ended(self, error: MailError) -> bool:
        """Whether a session ended with its access token, as it does about once an hour; a new one begins.

        Sooner than that it is a fault like others, so that nobody connects again and again.
        """
        if error.retry is not Retry.REFRESH or not isinstance(error, Offline) or self._halt.stop.is_set():
            return False
        self._context.credentials.kept.spent(self._account.address)
        before, self._token_end = self._token_end, time.monotonic()
        return self._token_end - before > SHORTEST_SESSION

    def _attend(self, job: Job) -> None:
        try:
            with self._busy:
                answer = self._done(job.work)
        except MailError as error:
            self._failed(job, error)
        except Exception as error:  # one job's fault of ours must not end the account
            log.exception("a job failed: %s", type(job.work).__name__)
            self._failed(job, MailError("This did not work by a fault of this program.", detail=repr(error)))
        else:
            self._went_well(job, answer)

    def _done(self, work: Work) -> object:
        """Carry out work; anew, after a pause, as long as each broken connection teaches something."""
        aside = self._context.set_aside
        for _ in range(LESSONS):
            noted = aside.noted
            try:
                return self._tried(work)
            except Garbled as error:
                if aside.noted == noted:
                    raise
                self._end_visit(politely=False)
                delay, self._backoff = self._backoff.after(error)
                self._halt.stop.wait(delay)
                self._halt.check()
        return self._tried(work)

    def _tried(self, work: Work) -> object:
        """Carry out work. A connection that broke while nobody used it shows that only now: it is replaced
        once, since everything asked of a visit may be asked again. So is one that is not trusted any more."""
        kept = self._visit is not None
        try:
            return self._opened().do(work)
        except (Offline, Cancelled) as error:
            again = isinstance(error, Offline) and (self._token_ended(error) or kept)
            asked = self._halt.stop.is_set() or self._halt.cancel.is_set()
            if asked or not (again or self._anew.is_set()):
                raise
            self._anew.clear()
            self._end_visit(politely=False)
            return self._opened().do(work)

    def _opened(self) -> Visit:
        if self._visit is None:
            self._context.require_network()
            if not self._quietly:
                self._context.board.enter(self._account.address, Phase.CONNECTING, pushed=False)
            self._quietly = False
            visit = self._new_visit()
            self._visit = visit
            self._halt.check()  # only now: who stops this thread later finds the visit, and aborts it
            visit.open()
            self._least_pause = visit.least_pause()
        return self._visit

    def _new_visit(self) -> Visit:
        # Imported here, on the worker's thread: the screen is up before the protocols are loaded.
        if self._account.incoming is Protocol.IMAP:
            from tui.sync.imap_visit import ImapVisit

            return ImapVisit(self._context, self._account, self._reader, self._writer, self._interlude)
        from tui.sync.pop3_visit import Pop3Visit

        return Pop3Visit(self._context, self._account, self._reader, self._writer, self._interlude)

    def _interlude(self) -> None:
        """Between two steps of long work: stop when asked to, and serve who waits for a message."""
        self._halt.check()
        while job := self.jobs.take(up_to=Urgency.NOW):
            assert self._visit is not None
            try:
                job.done(self._visit.do(job.work))
            except Refused as error:
                job.failed(error)
            except MailError as error:
                if error.retry is Retry.REFRESH:
                    self.jobs.put_back(job)  # for the connection that comes next
                else:
                    job.failed(error)
                raise

    def _went_well(self, job: Job, answer: object) -> None:
        self._well_since = self._well_since or time.monotonic()
        self._standstill = None
        if isinstance(job.work, FetchMail):
            self._plan_next_round()
        if self._account.incoming is Protocol.POP3:
            self._end_visit()
        self._context.board.enter(self._account.address, Phase.UP_TO_DATE, **self._health(job.work))
        job.done(answer)

    def _health(self, work: Work) -> dict[str, float | bool]:
        """What a status says beside the phase."""
        health: dict[str, float | bool] = {
            "pushed": self._watch and self._visit is not None and self._visit.pushes()
        }
        if isinstance(work, FetchMail):
            health["fetched"] = time.time()
        return health

    def _failed(self, job: Job, error: MailError) -> None:
        log.info("%s: %s (%s)", type(job.work).__name__, error.what, error.detail)
        if not isinstance(error, Refused):
            self._end_visit(politely=False)
        if not self._halt.stop.is_set():
            self._go_on_after(job.work, error)
        job.failed(error)

    def _go_on_after(self, work: Work, error: MailError) -> None:
        """Show what went wrong, and plan what comes next."""
        if isinstance(error, Cancelled):
            self._halt.cancel.clear()
            self._plan_next_round()
            self._context.board.enter(self._account.address, Phase.STOPPED, what=error.what, hint=error.hint)
        elif isinstance(error, Refused):
            if not isinstance(work, OpenBody):
                self._context.board.tell(Problem(self._account.address, error.what, error.hint, error.detail))
            self._plan_next_round()
            self._context.board.enter(self._account.address, Phase.UP_TO_DATE)
        else:
            self._pause(error)

    def _pause(self, error: MailError) -> None:
        if isinstance(error, STANDSTILL):
            self._standstill = error
            self._context.board.failed(self._account.address, error)
            return
        if self._well_since is not None and time.monotonic() - self._well_since > SHORTEST_SESSION:
            self._backoff = Backoff()
        self._well_since = None
        delay, self._backoff = self._backoff.after(error)
        self._plan_next_fetch(delay)
        self._context.board.failed(self._account.address, error, until=time.time() + delay)

    def _plan_next_round(self) -> None:
        self._plan_next_fetch(max(self._context.settings.general.check_minutes * 60.0, self._least_pause))

    def _plan_next_fetch(self, seconds: float) -> None:
        self._next_fetch = time.monotonic() + seconds

    def _end_visit(self, politely: bool = True) -> None:
        visit, self._visit = self._visit, None
        if visit is None:
            return
        if not politely or self._halt.stop.is_set():
            visit.abort()
        visit.close()
