"""`send` and the `outbox` commands."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from tui.cli import records
from tui.cli.codes import worst
from tui.cli.files import read_input
from tui.cli.moments import parse_time, short_time
from tui.cli.output import Cell, Ink
from tui.cli.reading import opened
from tui.cli.shell import Shell
from tui.model.account import Account
from tui.model.command import (
    Attach,
    CancelSend,
    DropDraft,
    QueueDraft,
    QueueMessage,
    RetrySend,
    SaveDraft,
    SendNow,
    StartDraft,
)
from tui.model.draft import Draft, Outgoing, RecipientState, SendState
from tui.model.error import BadInput, BadUsage, MailError, NotFound
from tui.model.safe_text import safe_line

if TYPE_CHECKING:
    from tui.sync.engine import Engine

REFUSED = 76
WAITS = 75
PIECES = ("to", "cc", "bcc", "subject", "body_file", "markdown", "attach", "in_reply_to")


def send(shell: Shell, options: Namespace) -> int:
    """Send a finished message or one made of options, through the outbox."""
    at = parse_time(options.at, datetime.now().astimezone()) if options.at else 0
    if options.file and any(getattr(options, piece) for piece in PIECES):
        raise BadUsage(
            "A finished message takes no options but --from, --at and --no-wait.", "Leave the file out."
        )
    if not options.file and not (options.to or options.cc or options.bcc or options.in_reply_to):
        raise BadUsage("To whom?", "Give --to ADDRESS, or the file of a finished message.")
    if options.file:
        raw = read_input(options.file)
        command = _finished(shell, options, raw, at)
        with shell.engine() as engine:
            return _queued(shell, engine, engine.post(command).result(), options, at)
    account = shell.account(options.sender or "")
    body = read_input(options.body_file) if options.body_file else b""
    for path in options.attach:
        _require_readable(path)
    if options.in_reply_to:
        opened(shell, options.in_reply_to)  # its whole text is needed to answer it
    with shell.engine() as engine:
        number = _compose(engine, account, options, body, at)
        return _queued(shell, engine, number, options, at)


def _finished(shell: Shell, options: Namespace, raw: bytes, at: int) -> QueueMessage:
    """The outbox command for a finished message: its recipients stand in its header."""
    from tui.mail.header import envelope
    from tui.mail.outgoing import prepare, recipients

    to = recipients(raw)
    if not to:
        raise BadInput("This message names no recipient.", "It needs a To, Cc or Bcc field.")
    account = _account_of(shell, options, [one.address for one in envelope(raw).sender])
    final, _ = prepare(raw, account.address, datetime.now().astimezone())
    return QueueMessage(account.address, account.address, to, final, at)


def _account_of(shell: Shell, options: Namespace, senders: list[str]) -> Account:
    if options.sender or shell.wanted:
        return shell.account(options.sender or "")
    known = {one.address.lower(): one for one in shell.settings.accounts}
    return next((known[one.lower()] for one in senders if one.lower() in known), None) or shell.account()


def _require_readable(path: str) -> None:
    try:
        if not S_ISREG(Path(path).stat().st_mode):  # opening a pipe would wait for its other end
            raise NotFound(f"The attachment {path} is not a file.", "Name a file that exists.")
        with Path(path).open("rb"):
            return
    except OSError as error:
        raise NotFound(
            f"The attachment {path} cannot be read: {error.strerror}.", "Check the name and its rights."
        ) from error


def _compose(engine: Engine, account: Account, options: Namespace, body: bytes, at: int) -> int:
    """Put a mail made of options into the outbox; a draft that cannot be sent is thrown away again."""
    kind = "reply" if options.in_reply_to else "new"
    draft: Draft = engine.post(StartDraft(account.address, kind, options.in_reply_to or 0)).result()
    draft = replace(
        draft,
        to=", ".join(options.to) or draft.to,
        cc=", ".join(options.cc),
        bcc=", ".join(options.bcc),
        subject=draft.subject if options.subject is None else options.subject,
        body=_decoded(body),
        markdown=options.markdown,
    )
    saved: Draft = engine.post(SaveDraft(draft)).result()
    try:
        for path in options.attach:
            engine.post(Attach(saved.id, path)).result()
        number: int = engine.post(QueueDraft(saved.id, at)).result()
    except MailError:
        engine.post(DropDraft(saved.id)).result()
        raise
    return number


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The text is not UTF-8.", "Save it as UTF-8 and try again.") from error


def _queued(shell: Shell, engine: Engine, number: int, options: Namespace, at: int) -> int:
    """Wait for the server's answer where that is wanted, and say what became of the mail."""
    if not (options.no_wait or at or shell.offline):
        engine.post(SendNow((number,))).result()
    found = _outgoing(shell, number)
    shell.output.record(records.sending(found), _sending_text(found))
    if found.state in (SendState.HELD, SendState.QUEUED) and not found.attempts:
        shell.output.note("It leaves when it is due: by the open screen, or the next sync or outbox send.")
    return code_of(found)


def code_of(found: Outgoing) -> int:
    """The exit code of a mail's state."""
    refused = any(one.state is RecipientState.REFUSED for one in found.recipients)
    if found.state is SendState.FAILED or (found.state is SendState.SENT and refused):
        return REFUSED
    return 0 if found.state is SendState.SENT else WAITS


def _sending_text(found: Outgoing) -> str:
    lines = [f"{found.id}: {records.send_state(found)}"]
    lines += [
        f"  refused: {one.address}: {one.code} {one.text}"
        for one in found.recipients
        if one.state is RecipientState.REFUSED
    ]
    if records.send_state(found) == "queued" and found.due:
        lines.append(f"  next try: {short_time(found.due)}")
    return "\n".join([*lines, f"  {found.explanation}"] if found.explanation else lines)


def _outgoing(shell: Shell, number: int) -> Outgoing:
    with shell.reader() as reader:
        found = reader.outgoing(number)
    if found is None:
        raise NotFound(f"There is no mail {number} in the outbox.", "outlook-tui outbox shows the numbers.")
    return found


def outbox(shell: Shell, options: Namespace) -> int:
    """List what has not been sent: waiting, failed, or unsure."""
    wanted = shell.wanted.lower()
    with shell.reader() as reader:
        found = [one for one in reader.outbox() if _unfinished(one) and wanted in ("", one.account.lower())]
    shell.output.table((records.outgoing(one), _cells(one)) for one in found)
    if not found and not shell.output.json:
        shell.output.note("Nothing waits to be sent.")
    return 0


def _unfinished(found: Outgoing) -> bool:
    """Whether a mail still wants somebody's attention: not one that everybody has got."""
    if found.state is SendState.CANCELLED:
        return False
    return found.state is not SendState.SENT or code_of(found) == REFUSED


def _cells(found: Outgoing) -> tuple[Cell, ...]:
    state = records.send_state(found)
    waiting = state == "queued" and found.due
    return (
        Cell(str(found.id), Ink.DIM, right=True),
        Cell(state, Ink.BAD if state in ("failed", "unsure") else Ink.PLAIN),
        Cell(short_time(found.due) if waiting else "", Ink.DIM),
        Cell(", ".join(one.address for one in found.recipients)[:40]),
        Cell(found.subject or "(no subject)"),
        Cell(found.explanation, Ink.DIM),
    )


def retry(shell: Shell, options: Namespace) -> int:
    """Make a mail due now, also one of which nobody knows whether it was sent: the person has decided."""
    _outgoing(shell, options.id)
    with shell.engine() as engine:
        engine.post(RetrySend(options.id)).result()
        if not shell.offline:
            engine.post(SendNow((options.id,))).result()
    found = _outgoing(shell, options.id)
    shell.output.record(records.outgoing(found), _sending_text(found))
    return code_of(found)


def cancel(shell: Shell, options: Namespace) -> int:
    """Take a mail that has not left back out of the outbox; it becomes a draft again."""
    _outgoing(shell, options.id)
    with shell.engine() as engine:
        draft = engine.post(CancelSend(options.id)).result()
    found = _outgoing(shell, options.id)
    record = {**records.outgoing(replace(found, state=SendState.CANCELLED)), "draft": draft}
    words = f"{options.id}: taken back; it is a draft again."
    if found.have_it:
        have = safe_line(", ".join(found.have_it))
        words += f" It has left already for {have}: take them out of the draft."
    shell.output.record(record, words)
    return 0


def send_due(shell: Shell, options: Namespace) -> int:
    """Send all that is due, and say what became of each."""
    with shell.engine() as engine:
        numbers: Iterable[int] = engine.post(SendNow()).result()
    found = [_outgoing(shell, number) for number in numbers]
    shell.output.table((records.outgoing(one), _cells(one)) for one in found)
    if not found and not shell.output.json:
        shell.output.note("Nothing is due.")
    return worst(code_of(one) for one in found)
