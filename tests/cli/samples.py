"""Rows and accounts for tests."""

from __future__ import annotations

from dataclasses import replace

from tui.model.message import Address, BodyState, Envelope, Flag, Row

ROW = Row(
    id=7,
    account="you@example.org",
    folder="INBOX",
    folder_id=1,
    uid=12,
    uidl="",
    envelope=Envelope(
        message_id="1@contoso.example",
        date=1000,
        date_offset=60,
        subject="Invoice",
        sender=(Address("Billing", "billing@contoso.example"),),
        to=(Address(None, "you@example.org"),),
    ),
    received=1000,
    flags=Flag.SEEN | Flag.FLAGGED,
    tags=frozenset({"work"}),
    size=321,
    attachments=1,
    snippet="Please find",
    thread=3,
    body=BodyState.FULL,
    on_server=True,
)


def row(sender: str = "billing@contoso.example") -> Row:
    """A row of a list, from that sender."""
    addresses = (Address(None, sender),) if sender else ()
    return replace(ROW, envelope=replace(ROW.envelope, sender=addresses))
