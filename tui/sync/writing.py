"""Mail being written and mail made ready to leave: drafts, attachments, the way into the outbox and back."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from tui.mail.build import build, draft_copy, new_message_id
from tui.mail.header import block, envelope, envelope_of, fingerprint_of, received_date, split
from tui.mail.scan import scan
from tui.mail.signature import signature_block
from tui.model.account import Account
from tui.model.command import (
    Attach,
    CancelSend,
    Detach,
    DropDraft,
    QueueDraft,
    QueueMessage,
    RetrySend,
    SaveDraft,
    StartDraft,
)
from tui.model.content import Content
from tui.model.draft import Draft, Recipient
from tui.model.error import BadInput, NotFound, Refused
from tui.model.event import Problem
from tui.model.folder import Role
from tui.model.message import Envelope, Flag, NewMessage
from tui.model.safe_text import safe_line
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context

LARGEST_FILE = 150_000_000

File = tuple[str, str, bytes]


class Writing:
    """Carries out the commands on drafts and the outbox; used on the `local` thread alone."""

    def __init__(self, context: Context, reader: Reader, writer: Writer) -> None:
        self._context = context
        self._reader = reader
        self._writer = writer
        self._touched: set[tuple[str, int]] = set()

    def touched(self) -> list[tuple[str, int]]:
        """Accounts and folders that the last draft command changed."""
        touched, self._touched = sorted(self._touched), set()
        return touched

    def draft(self, command: StartDraft | SaveDraft | Attach | Detach | DropDraft) -> Draft | None:
        """The draft as it is after `command`, None after DropDraft."""
        match command:
            case StartDraft(account, kind, message):
                return self._started(account, kind, message)
            case SaveDraft(draft, file):
                saved = self._writer.save_draft(replace(draft, saved=int(time.time())))
                return self._filed(saved) if file else saved
            case Attach(number, path):
                return self._writer.attach(number, *read_file(path))
            case Detach(number, file_number):
                return self._writer.detach(number, file_number)
            case DropDraft(number):
                self._drop(self._saved(number))
                return None

    def outbox(self, command: QueueDraft | QueueMessage | CancelSend | RetrySend) -> tuple[int, str]:
        """The command's answer and the account it concerns."""
        match command:
            case QueueDraft(number, at, hold):
                return self._queue_draft(self._saved(number), at, hold)
            case QueueMessage():
                return self._queue_message(command)
            case CancelSend(number):
                return self._cancel(number)
            case RetrySend(number):
                return self._retry(number)

    # Drafts

    def _account(self, address: str) -> Account:
        account = self._context.account(address)
        if account is None:
            raise NotFound(f"There is no account {address}.", "outlook-tui account list shows them all.")
        return account

    def _saved(self, number: int) -> Draft:
        draft = self._reader.draft(number)
        if draft is None:
            raise NotFound("This draft is not here any more.")
        return draft

    def _files(self, draft: Draft) -> list[File]:
        return [(one.filename, one.type, self._reader.draft_file(one.id)) for one in draft.files]

    def _started(self, address: str, kind: str, message: int) -> Draft:
        account = self._account(address)
        if kind == "new":
            below = signature_block(self._context.settings.signature_of(account))
            return Draft(account=account.address, sender=account.address, body=f"\n{below}" if below else "")
        row = self._reader.row(message)
        raw = self._reader.raw(message)
        if row is None:
            raise NotFound("This message is not here any more.")
        if kind == "edit" and (draft := self._reader.draft_of_message(message)):
            return draft
        if raw is None:
            raise NotFound(
                "Only the header of this message is here so far.", "Open it first: its text is then fetched."
            )
        from tui.mail import reply
        from tui.mail.message import parse

        content = parse(raw)
        own = [one.address for one in self._context.settings.accounts]
        name, signature = account.address, self._context.settings.signature_of(account)
        files: list[File] = []
        match kind:
            case "reply" | "reply-all":
                to_all = kind == "reply-all"
                made = reply.reply(
                    content, account=name, own=own, to_all=to_all, signature=signature, original=message
                )
            case "forward":
                made = reply.forward(content, account=name, own=own, signature=signature, original=message)
                files = carried(raw, content)
            case "edit":
                made = reply.edit(content, account=name, message=message)
                files = carried(raw, content)
            case _:
                raise BadInput(f"There is no way to begin a mail called {kind}.")
        return self._with_files(replace(made, sender=made.sender or name), files)

    def _with_files(self, draft: Draft, files: Sequence[File]) -> Draft:
        if not files:
            return draft
        saved = self._writer.save_draft(replace(draft, saved=int(time.time())))
        for file in files:
            saved = self._writer.attach(saved.id, *file)
        return saved

    def _filed(self, draft: Draft) -> Draft:
        """Put a copy into Drafts, in place of the one before."""
        account = self._account(draft.account)
        folder = self._reader.folder_role(account.address, Role.DRAFTS)
        if folder is None:
            return draft
        now = datetime.now().astimezone()
        number = new_message_id(account.address)
        raw = draft_copy(draft, account.name, self._files(draft), now, number)
        copy = as_new_message(raw, Flag.SEEN | Flag.DRAFT)
        self._touched.add((account.address, folder.id))
        return self._writer.file_draft(draft.id, folder.id, copy)

    def _drop(self, draft: Draft) -> None:
        row = self._reader.row(draft.message) if draft.message else None
        if row:
            self._touched.add((row.account, row.folder_id))
        self._writer.drop_draft(draft.id)

    # The outbox

    def _queue_draft(self, draft: Draft, at: int, hold: float) -> tuple[int, str]:
        account = self._account(draft.account)
        number = new_message_id(account.address)
        built = build(draft, account.name, self._files(draft), datetime.now().astimezone(), number)
        queued = self._writer.queue(
            account.address,
            built.sender,
            built.recipients,
            built.raw,
            subject=built.subject,
            message_id=built.message_id,
            due=at or int(time.time() + hold),
            hold=bool(at or hold),
            draft_id=draft.id,
            original=draft.original,
            answers=draft.answers,
        )
        return queued, account.address

    def _queue_message(self, command: QueueMessage) -> tuple[int, str]:
        account = self._account(command.account)
        if not command.recipients:
            raise BadInput("This mail has no recipient.", "Name one with --to, --cc or --bcc.")
        header = envelope(command.raw)
        queued = self._writer.queue(
            account.address,
            command.sender,
            command.recipients,
            command.raw,
            subject=header.subject,
            message_id=header.message_id,
            due=command.at or int(time.time()),
            hold=bool(command.at),
            original=command.original,
            answers=command.answers,
        )
        return queued, account.address

    def _cancel(self, number: int) -> tuple[int, str]:
        outgoing = self._reader.outgoing(number)
        if outgoing is None:
            raise NotFound(f"There is no mail {number} in the outbox.", "outlook-tui outbox lists them.")
        from tui.mail import reply
        from tui.mail.message import parse

        content = parse(self._reader.outgoing_raw(number))
        written = replace(
            reply.edit(content, account=outgoing.account),
            bcc=", ".join(hidden(outgoing.recipients, content.envelope)),
            original=outgoing.original,
            answers=outgoing.answers,
        )
        files = carried(self._reader.outgoing_raw(number), content)
        draft = self._writer.cancel(number, written, files)
        if not draft:
            raise Refused("It is too late: this mail has left.", "Nothing can call it back.")
        self._tell_who_has(number)
        return draft, outgoing.account

    def _tell_who_has(self, number: int) -> None:
        """A mail that was deferred for some has left for the others: its draft names them all the same."""
        outgoing = self._reader.outgoing(number)
        if outgoing and (have := outgoing.have_it):
            what = f"This mail has reached its server for {safe_line(', '.join(have), 200)} already."
            hint = "Take them out before you send it again, else they get it twice."
            self._context.board.tell(Problem(outgoing.account, what, hint))

    def _retry(self, number: int) -> tuple[int, str]:
        outgoing = self._reader.outgoing(number)
        if outgoing is None:
            raise NotFound(f"There is no mail {number} in the outbox.", "outlook-tui outbox lists them.")
        if not self._writer.retry(number, int(time.time())):
            raise Refused("This mail is not waiting: it is on its way, or has left.")
        return number, outgoing.account


def read_file(path: str) -> File:
    """A file to attach: its name, media type and bytes. Raises BadInput when it cannot be read."""
    place = Path(path).expanduser()
    try:
        if not place.is_file():
            raise BadInput(f"{place} is not a file.", "Name a file that exists; folders cannot be attached.")
        if place.stat().st_size > LARGEST_FILE:
            raise BadInput(f"{place} is larger than any mail server takes.", "Share it by a link instead.")
        data = place.read_bytes()
    except OSError as cause:
        raise BadInput(
            f"{place} cannot be read: {cause.strerror}.", "Check its name and that you may read it."
        ) from cause
    return place.name, mimetypes.guess_type(place.name)[0] or "application/octet-stream", data


def as_new_message(raw: bytes, flags: Flag) -> NewMessage:
    """A message of our own making, received now."""
    return kept_message(raw, flags, int(time.time()))


def kept_message(raw: bytes, flags: Flag, received: int) -> NewMessage:
    """A whole message received at that time (Unix seconds); 0: when its header says that it was."""
    fields = split(block(raw))
    shown = envelope_of(fields)
    return NewMessage(
        envelope=shown,
        received=received or received_date(fields) or shown.date or int(time.time()),
        size=len(raw),
        fingerprint=fingerprint_of(fields),
        flags=flags,
        raw=raw,
        scan=scan(raw),
    )


def carried(raw: bytes, content: Content) -> list[File]:
    """The attachments of a message that go along when it is forwarded or edited again."""
    from tui.mail.message import part

    return [(one.filename, one.type, part(raw, one.part)) for one in content.files]


def hidden(recipients: Sequence[Recipient], shown: Envelope) -> list[str]:
    """The recipients that stand in neither To nor Cc."""
    seen = {one.address.lower() for one in (*shown.to, *shown.cc)}
    return [one.address for one in recipients if one.address.lower() not in seen]
