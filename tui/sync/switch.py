"""From IMAP to POP3 and back, with every message staying where it is."""

from __future__ import annotations

from dataclasses import replace

from tui.model.account import Account, Protocol
from tui.model.command import SwitchProtocol
from tui.model.error import BadConfig, MailError, NotFound, Undecided
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.accounts import Accounts, unsettled
from tui.sync.context import Context
from tui.sync.crew import Crew
from tui.sync.jobs import FetchAllBodies, PushChanges


def switch_protocol(context: Context, crew: Crew, accounts: Accounts, command: SwitchProtocol) -> None:
    """Receive an account's mail by another protocol from now on.

    First what waits is pushed and what is missing is fetched; Undecided names what could not be, unless
    forced. Then ONE transaction files the mail anew, and the configuration follows. A crash between the two
    is put right at the next start (`Accounts.enter_in_store`).
    """
    account = context.account(command.address)
    if account is None:
        raise NotFound(f"There is no account {command.address}.", "outlook-tui account list shows them all.")
    if account.incoming is command.protocol:
        return
    after = replace(account, incoming=command.protocol)
    if command.protocol is not Protocol.NONE and after.receiving is None:
        raise BadConfig(
            f"No {command.protocol.value.upper()} server is known for {account.address}.",
            f"Name it: outlook-tui account set {account.address} {command.protocol.value}-host=…",
        )
    if account.incoming is Protocol.IMAP and not command.force:
        _settle(context, crew, account)
    crew.pause(account.address)
    with Writer(context.database) as writer:
        writer.switch(account.address, command.protocol)
    accounts.save_config(after)


def _settle(context: Context, crew: Crew, account: Account) -> None:
    """Push and fetch what is open; raise Undecided when something still is."""
    reason = ""
    if _open_words(context, account):
        try:
            crew.ask(account.address, PushChanges()).result()
            crew.ask(account.address, FetchAllBodies()).result()
        except MailError as error:
            reason = f" ({error.what})"
    if words := _open_words(context, account):
        raise Undecided(
            f"{words}{reason}",
            "Go online and try again, or switch all the same: then these changes are dropped, and messages "
            "without their text keep only their header here.",
        )


def _open_words(context: Context, account: Account) -> str:
    with Reader(context.database) as reader:
        return unsettled(reader, account.address)
