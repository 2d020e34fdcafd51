"""All accounts with what each is doing, and everything one does to an account."""

from __future__ import annotations

import textwrap
import time
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tui.model.account import Account, Protocol, by_oauth
from tui.model.command import CancelSignIn, RemoveAccount, SwitchProtocol
from tui.model.error import BadInput, MailError, Undecided
from tui.model.event import AccountsChanged, AccountStatus, StatusChanged
from tui.model.safe_text import safe_line
from tui.ui import keys
from tui.ui.account_words import health
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.screens.account_test import AccountTestScreen
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.dialog import Ask
from tui.ui.screens.disk import DiskScreen
from tui.ui.screens.putting_right import approve, save, sign_in_again
from tui.ui.screens.sheet import Sheet
from tui.ui.words import DOTS, status

_EMPTY = "No account yet. Press a to add one."
_TO_POP3 = (
    "From now on mail is fetched to this computer by POP3. Everything that is here stays here: the server's "
    "folders become folders of this computer, and no message is fetched twice. What waits to be told to the "
    "server is told first, and messages that are here with their header only are fetched."
)
_TO_IMAP = (
    "From now on the folders of the server are shown and kept in step by IMAP. Everything that is here stays "
    "here, on this computer, and no message is fetched twice."
)


class AccountsScreen(Sheet[None]):
    """A list of accounts; the keys at the foot say what can be done."""

    SCOPE: ClassVar[str] = "accounts"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("accounts")]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "Accounts")
        self._accounts: tuple[Account, ...] = ()
        self._list = OptionList(id="accounts", markup=False, compact=True)
        self._empty = Static(Content(_EMPTY), id="empty")

    def inside(self) -> ComposeResult:
        """The list, or what to do when it is empty."""
        yield self._list
        yield self._empty

    def on_mount(self) -> None:
        """Draw, and keep the times of the next try right."""
        self._draw()
        self._list.focus()
        self.set_interval(1.0, self._draw)

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """An account came, went, or does something else now."""
        if isinstance(event.event, StatusChanged | AccountsChanged):
            self._draw()

    def _draw(self) -> None:
        chosen, now = self._chosen, time.time()
        minutes, width = self.desk.settings.general.check_minutes, (self.size.width or 80) - 4
        self._accounts = self.desk.settings.accounts
        self._list.clear_options()
        self._list.add_options(
            Option(_shown(one, self.desk.engine.status(one.address), now, minutes, width))
            for one in self._accounts
        )
        addresses = [one.address for one in self._accounts]
        at = addresses.index(chosen.address) if chosen and chosen.address in addresses else 0
        self._list.highlighted = at if addresses else None
        self._list.display = bool(addresses)
        self._empty.display = not addresses

    @property
    def _chosen(self) -> Account | None:
        at = self._list.highlighted
        return self._accounts[at] if at is not None and at < len(self._accounts) else None

    @on(OptionList.OptionSelected)
    def opened(self, event: OptionList.OptionSelected) -> None:
        """Enter and a click change the account."""
        event.stop()
        self.action_edit()

    def action_add(self) -> None:
        """Add an account."""
        self._open(AddAccountScreen(self.desk))

    def action_edit(self) -> None:
        """Change the account under the cursor."""
        if account := self._chosen:
            self._open(AddAccountScreen(self.desk, account))

    def action_test(self) -> None:
        """Try receiving and sending."""
        if account := self._chosen:
            self.app.push_screen(AccountTestScreen(self.desk, account))

    def action_disk(self) -> None:
        """See what the account under the cursor has on this disk."""
        if account := self._chosen:
            self.app.push_screen(DiskScreen(self.desk, account.address))

    def action_cursor(self, by: int) -> None:
        """Move the cursor one row, down for 1 and up for -1."""
        self._list.action_cursor_down() if by > 0 else self._list.action_cursor_up()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    @work(exclusive=True, group="account")
    async def _open(self, form: AddAccountScreen) -> None:
        if await self.app.push_screen_wait(form):
            self._read()

    @work(exclusive=True, group="account")
    async def action_sign_in(self) -> None:
        """Sign in again, in the way the account is configured."""
        if (account := self._chosen) and await sign_in_again(self.app, self.desk, account):
            self._read()

    @work(exclusive=True, group="account")
    async def action_switch(self) -> None:
        """Receive by the other protocol, after saying what that means."""
        account = self._chosen
        if account is None or not (wanted := self._other_protocol(account)):
            return
        name = wanted.value.upper()
        choices = [("s", f"Switch to {name}"), ("", "Stay")]
        text = _TO_POP3 if wanted is Protocol.POP3 else _TO_IMAP
        if not await self.app.push_screen_wait(Ask(f"Receive by {name}?", text, choices)):
            return
        new = replace(account, incoming=wanted)
        if by_oauth(account.login):
            # Each protocol is a permission of its own. It is held until the switch has been made.
            approved = await approve(self.app, self.desk, new)
            if approved is None:
                return
            new = approved.account
        self.say(f"Switching {account.address} to {name}; what is missing is fetched first.")
        if not await self._switched(account, wanted):
            if by_oauth(account.login):
                self.desk.engine.post(CancelSignIn(account.address))
            return
        if by_oauth(account.login):
            await save(self.app, self.desk, new)
        self.say(f"{account.address} receives by {name} now. All its mail is still here.")
        self._read()

    def _other_protocol(self, account: Account) -> Protocol | None:
        """The protocol to switch to; a note says why there is none."""
        if account.incoming is Protocol.NONE:
            self.say("This account only sends.")
            return None
        wanted = Protocol.POP3 if account.incoming is Protocol.IMAP else Protocol.IMAP
        if (account.pop3 if wanted is Protocol.POP3 else account.imap) is None:
            name = wanted.value.upper()
            self.tell(
                BadInput(
                    f"No {name} server is known for {account.address}.",
                    f"Press e and name the {name} server.",
                )
            )
            return None
        return wanted

    async def _switched(self, account: Account, wanted: Protocol) -> bool:
        try:
            await self.ask(SwitchProtocol(account.address, wanted))
        except Undecided as error:
            choices = [("", "Stay, nothing is lost"), ("f", "Switch all the same")]
            text = f"{error.what}\n\n{error.hint}"
            if not await self.app.push_screen_wait(Ask("Not everything is settled", text, choices)):
                return False
            return (await self.try_to(SwitchProtocol(account.address, wanted, force=True)))[0]
        except MailError as error:
            self.tell(error)
            return False
        return True

    @work(exclusive=True, group="account")
    async def action_remove(self) -> None:
        """Remove the account; whether its mail stays here is asked."""
        account = self._chosen
        if account is None:
            return
        choices = [
            ("", "Keep the account"),
            ("keep", "Remove it, its mail stays on this computer"),
            ("all", "Remove it and its mail on this computer"),
        ]
        text = (
            "Nothing is deleted on the server. The account's settings and its password in the keyring go; "
            "what shall become of its mail on this computer?"
        )
        taken = await self.app.push_screen_wait(Ask(f"Remove {account.address}?", text, choices))
        if not taken:
            return
        if (await self.try_to(RemoveAccount(account.address, keep_mail=taken == "keep")))[0]:
            self.say(f"{account.address} is removed.")
            self._read()

    def _read(self) -> None:
        """The configuration has changed: read it, and draw."""
        try:
            self.desk.reload()
        except MailError as error:
            self.tell(error)
        self._draw()


def _indented(text: str, width: int) -> str:
    """The text on lines of its own that all stand below the address, "" for nothing."""
    return "".join(f"\n  {line}" for line in textwrap.wrap(text, max(20, width - 2)))


def _shown(account: Account, state: AccountStatus, now: float, minutes: int, width: int) -> Content:
    """An account's lines: what it is doing, its ways, how it fares, and what is wrong."""
    dot, _ = DOTS[state.phase]
    receiving, smtp = account.receiving, safe_line(account.smtp.host, 60) if account.smtp else ""
    if receiving:
        ways = f"{account.incoming.value.upper()} {safe_line(receiving.host, 60)}"
        ways += f" · sends through {smtp}" if smtp else " · does not send"
    else:
        ways = f"Only sends, through {smtp}"
    # What the status line says of keys is about the mail screen.
    words = status(state, now).partition(" (press")[0] if receiving else ""
    fares = health(state, account, now, minutes)
    return Content.assemble(
        (f"{dot} ", "bold"),
        (safe_line(account.address, 120), "bold"),
        f"  {words}" if words else "",
        _indented(ways, width),
        _indented(fares, width),
        *(_indented(safe_line(line, 300), width) for line in (state.what, *state.problems)),
    )
