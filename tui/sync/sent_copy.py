"""Who files the copy of a sent mail, and where: Microsoft and Gmail do it themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui.mail.header import envelope
from tui.mail.outgoing import with_bcc
from tui.model.account import Account, Protocol, SentCopy
from tui.model.draft import CopyState, Outgoing
from tui.model.folder import Role
from tui.model.message import Address, Flag, NewMessage
from tui.model.preset import files_sent
from tui.store.reader import Reader
from tui.sync.context import Context
from tui.sync.writing import as_new_message, hidden


@dataclass(frozen=True, slots=True)
class Copy:
    """The message for the Sent folder of `account`."""

    account: str
    role: Role
    message: NewMessage


def wanted(account: Account) -> bool:
    """Whether we file the copy: always for accounts whose Sent folder is only here, else by the policy.

    AUTO leaves it to servers known to do it themselves.
    """
    if account.sent_copy is not SentCopy.AUTO:
        return account.sent_copy is SentCopy.ALWAYS
    if account.incoming is not Protocol.IMAP:
        return True
    return account.smtp is None or not files_sent(account.smtp.host)


def sent_copy(context: Context, reader: Reader, outgoing: Outgoing, server_id: str) -> Copy | None:
    """The copy to be filed for a mail that has just been accepted, None where none is due (any more).

    `server_id` is the Message-ID that the server gave the mail in place of ours, "" where it did not: answers
    name that one, so the copy is found under it, and under ours as one that it refers to.
    """
    account = context.account(outgoing.account)
    if outgoing.sent_copy is not CopyState.NONE or account is None or not wanted(account):
        return None
    sent = reader.outgoing_raw(outgoing.id)
    raw = with_bcc(sent, [Address(None, one) for one in hidden(outgoing.recipients, envelope(sent))])
    copy = as_new_message(raw, Flag.SEEN)
    if server_id and server_id != copy.envelope.message_id:
        references = (*copy.envelope.references, copy.envelope.message_id)
        copy = replace(copy, envelope=replace(copy.envelope, message_id=server_id, references=references))
    return Copy(account.address, Role.SENT, copy)
