"""One mail handed to a server: MAIL, RCPT, DATA, body, commit, dot (RFC 5321 3.3)."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.model.draft import Outgoing, Recipient, RecipientState, SendState
from tui.model.error import BadInput, Busy, MailError, Refused, SignInNeeded
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.outbox_states import DURABLE, Happening, following

if TYPE_CHECKING:
    from tui.net.smtp import SmtpConnection

log = logging.getLogger(__name__)

UNSURE = (
    "The connection ended after the whole mail was handed over and before the server answered, so it may "
    "have been sent. Look into Sent or ask a recipient; only your own retry sends it again."
)
CUT_EARLY = (
    "The connection ended before the mail was complete; nothing was sent. It is tried again by itself."
)
WITH_ANOTHER = (
    "Another mail of the account could not be handed over just now, so this one waits, too. It is tried "
    "again by itself."
)


def move(writer: Writer, outgoing: Outgoing, happening: Happening, **fields: int | str) -> bool:
    """Make one transition of the table, by compare-and-set; False when another got there first."""
    target = following(outgoing.state, happening)
    if target is None:
        log.error("outbox %d: %s cannot happen in %s", outgoing.id, happening.name, outgoing.state)
        return False
    return writer.outbox_state(outgoing.id, {outgoing.state}, target, durable=target in DURABLE, **fields)


def recover(reader: Reader, writer: Writer) -> list[Outgoing]:
    """After a crash: what had not sent its dot goes back into the queue, what had is unsure.

    Answers the unsure ones, also those of earlier.
    """
    unsure: list[Outgoing] = []
    for outgoing in reader.outbox():
        if outgoing.state is SendState.SENDING:
            move(writer, outgoing, Happening.CRASHED)
        elif outgoing.state is SendState.DOT_SENT:
            move(writer, outgoing, Happening.CRASHED, explanation=UNSURE)
            unsure.append(outgoing)
        elif outgoing.state is SendState.UNSURE:
            unsure.append(outgoing)
    return unsure


def deferred(answer: Recipient) -> Recipient:
    """A 4xx to RCPT is no refusal: that recipient is asked for again later (RFC 5321 4.2.1)."""
    temporary = answer.state is RecipientState.REFUSED and answer.code < 500
    return replace(answer, state=RecipientState.PENDING) if temporary else answer


class HandOver:
    """One SMTP transaction. `outgoing` always stands as it was last committed."""

    def __init__(self, connection: SmtpConnection, writer: Writer, outgoing: Outgoing, raw: bytes) -> None:
        self._connection = connection
        self._writer = writer
        self._raw = raw
        self.outgoing = outgoing
        self._reply = ""
        self._explanation = ""
        self.server_id = ""  # the Message-ID that the server gave the mail in place of ours
        self.sign_in: SignInNeeded | None = None  # what the server wants before it takes any mail
        self.patience: Busy | None = None  # what the server said when it asked to come again later
        self.for_all = False  # whether that was about the sending as such, and not about this mail

    def said(self) -> dict[str, str]:
        """The server's last words and ours about them, for the outbox row."""
        return {"last_error": self._reply, "explanation": self._explanation, "server_id": self.server_id}

    def why(self) -> dict[str, int | str]:
        """The same for mail that waits because this one could not be handed over."""
        return {"last_error": self._reply, "explanation": WITH_ANOTHER}

    def run(self) -> Happening | None:
        """Hand the mail over; answers what happened, None when it was taken out of the queue meanwhile."""
        if not self._commit(Happening.STARTED):
            return None
        try:
            accepted = self._introduce()
            if not accepted:
                self._connection.reset()
                return self._without_recipients()
            self._connection.body(self._raw)
        except MailError as error:
            return self._before_the_dot(error)
        if not self._commit(Happening.DOT):
            return None
        return self._dot()

    def _commit(self, happening: Happening) -> bool:
        target = following(self.outgoing.state, happening)
        if target is None or not move(self._writer, self.outgoing, happening):
            return False
        self.outgoing = replace(self.outgoing, state=target)
        return True

    def _introduce(self) -> bool:
        """MAIL and RCPT for those who have not got it yet; True when the server took anybody."""
        waiting = [one.address for one in self.outgoing.recipients if one.state is RecipientState.PENDING]
        said = self._connection.begin(self.outgoing.sender, waiting, self._raw)
        answers = {one.address: deferred(one) for one in said}
        self._remember(tuple(answers.get(one.address, one) for one in self.outgoing.recipients), set(waiting))
        for one in answers.values():
            if one.state is not RecipientState.ACCEPTED:
                self._heard(f"{one.code} {one.text}")
        return any(one.state is RecipientState.ACCEPTED for one in answers.values())

    def _remember(self, recipients: tuple[Recipient, ...], asked: set[str]) -> None:
        """Refusals are kept at once; an acceptance counts only with the server's word after the dot. Who was
        not asked this time has got the mail by an earlier try."""
        self.outgoing = replace(self.outgoing, recipients=recipients)
        kept = [
            replace(one, state=RecipientState.PENDING)
            if one.state is RecipientState.ACCEPTED and one.address in asked
            else one
            for one in recipients
        ]
        self._writer.outbox_recipients(self.outgoing.id, kept)

    def _without_recipients(self) -> Happening:
        """Nobody was taken this time; those of an earlier try have it all the same."""
        states = {one.state for one in self.outgoing.recipients}
        if RecipientState.PENDING in states:
            return Happening.DEFERRED
        return Happening.REST_REFUSED if RecipientState.ACCEPTED in states else Happening.REFUSED

    def _before_the_dot(self, error: MailError) -> Happening:
        if isinstance(error, Refused | BadInput):
            self._heard(error.detail or error.what, error)
            return Happening.REFUSED
        if isinstance(error, Busy | SignInNeeded):
            self.sign_in = error if isinstance(error, SignInNeeded) else None
            self.patience = error if isinstance(error, Busy) else None
            self.for_all = self.patience is not None
            self._heard(error.detail or error.what, error)
            return Happening.DEFERRED
        self._reply, self._explanation = error.detail or error.what, CUT_EARLY
        return Happening.CUT

    def _dot(self) -> Happening:
        try:
            code, text = self._connection.dot()
        except MailError as error:
            self._reply, self._explanation = error.detail or error.what, UNSURE
            return Happening.CUT
        if 200 <= code < 300:
            return self._accepted(text)
        if not 400 <= code < 600:  # neither a yes nor a no
            self._reply, self._explanation = f"{code} {text}", UNSURE
            return Happening.CUT
        self._heard(f"{code} {text}")
        meant = self._connection.refusal(code, text)
        self.patience = meant if isinstance(meant, Busy) else None
        return Happening.DEFERRED if self.patience else Happening.REFUSED

    def _accepted(self, text: str) -> Happening:
        self.server_id = self._connection.replaced_id(text)
        self._writer.outbox_recipients(self.outgoing.id, list(self.outgoing.recipients))
        waiting = any(one.state is RecipientState.PENDING for one in self.outgoing.recipients)
        return Happening.PARTLY_DEFERRED if waiting else Happening.ACCEPTED

    def _heard(self, reply: str, error: MailError | None = None) -> None:
        """Keep the server's words and what they mean."""
        self._reply = reply
        from tui.model.explain import explain

        found = explain(reply, "smtp")
        if found:
            self._explanation = f"{found.title}. {found.fix}"
        elif error:
            self._explanation = " ".join(filter(None, (error.what, error.hint)))
        else:
            self._explanation = "The server refused it; its words are shown with the mail."
