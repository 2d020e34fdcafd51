"""Adding or changing an account: address, settings, sign-in, and a live test before anything is written."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Button, ContentSwitcher, Input

from tui.model.account import Account, Offline, Protocol, by_oauth
from tui.model.command import CancelSignIn, Check, FindSettings, SaveAccount, TestAccount
from tui.model.error import BadInput, MailError
from tui.model.event import Checked, StatusChanged
from tui.model.finding import Finding, Source
from tui.model.issuer import Identity, identity_of
from tui.model.preset import Preset, by_name
from tui.model.safe_text import safe_line
from tui.ui.desk import Desk
from tui.ui.messages import EngineSpoke
from tui.ui.screens.keeping import identified, kept
from tui.ui.screens.sheet import Sheet
from tui.ui.screens.sign_in import SignInScreen
from tui.ui.sign_in_words import summary
from tui.ui.widgets.account_address import AddressStep
from tui.ui.widgets.account_checks import TestStep
from tui.ui.widgets.account_login import LoginStep
from tui.ui.widgets.account_servers import ServersStep
from tui.ui.words import DOTS, span, status

_TRYING = "Trying to receive and to send…"
_NAMES = ("Address", "Settings", "Sign-in", "Test")
_ADDRESS, _SERVERS, _LOGIN, _TEST = range(4)


class AddAccountScreen(Sheet[str]):
    """The form, step by step; Back is always possible. Dismisses with the account's address, "" for none.

    `account` is changed where one is given, from its way to sign in on when it shall be a command
    (`by_command`); `provider` is the service that was asked for.
    """

    SCOPE: ClassVar[str] = "account"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("ctrl+n", "next", "Next", priority=True),
        Binding("enter", "next", show=False),
    ]

    def __init__(
        self, desk: Desk, account: Account | None = None, provider: str = "", *, by_command: bool = False
    ) -> None:
        super().__init__(desk, f"Change {account.address}" if account else "Add an account")
        self._account = account
        self._by_command = by_command
        self._hint = by_name(provider)
        taken = [] if account else [one.address for one in desk.settings.accounts]
        self._address = AddressStep(taken, account, self._hint)
        self._servers = ServersStep(account)
        self._login = LoginStep(account)
        self._test = TestStep()
        self._steps = (self._address, self._servers, self._login, self._test)
        self._at = _ADDRESS
        self._found_for = ""
        self._filled: tuple[str, ...] = ()
        self._save: SaveAccount | None = None
        self._approved: Identity | None = None
        self._granted = ""
        self._client = ("", "")
        self._checks: list[Check] = []
        self._turn = 0
        self._looking = False
        self._trying = False
        self._works = False
        self._saved = ""

    def inside(self) -> ComposeResult:
        """One step at a time, the way on below."""
        with ContentSwitcher(initial=self._address.id, id="steps"):
            yield from self._steps
        with Horizontal(id="ways"):
            yield Button("Back", id="back", compact=True, action="screen.back")
            yield Button("Save anyway", id="anyway", compact=True, action="screen.save")
            yield Button("Sign in again", id="approve", compact=True, action="screen.approve")
            yield Button("Test again", id="again", compact=True, action="screen.again")
            yield Button("Next", id="next", compact=True, action="screen.next")

    def on_mount(self) -> None:
        """Begin with the address; of a known account with its servers, or its way to sign in."""
        self._show(_LOGIN if self._by_command else _SERVERS if self._account else _ADDRESS)
        if self._by_command:
            self._login.use_command()

    def _show(self, at: int) -> None:
        self._at = at
        self.query_one("#steps", ContentSwitcher).current = self._steps[at].id
        self.aside(_place(at))
        self._arrange()
        if at != _TEST:
            self._turn += 1
            self._trying = False  # whatever a running test still tells is not listened to
            self.call_after_refresh(self._steps[at].begin)

    def _arrange(self) -> None:
        """Show the buttons that lead on from here."""
        testing = self._at == _TEST
        unsaved = testing and not self._saved
        oauth = self._save is not None and by_oauth(self._save.account.login)
        shown = {"anyway": unsaved and not self._works, "again": unsaved, "back": not self._saved}
        shown["approve"] = unsaved and oauth and not self._trying and not self._works
        for name, visible in shown.items():
            self.query_one(f"#{name}").display = visible
        button = self.query_one("#next", Button)
        on = "Read your mail" if self._saved else "Save"
        button.label = on if testing else "Test" if self._at == _LOGIN else "Next"
        button.disabled = unsaved and not self._works
        button.refresh(layout=True)  # a new label alone leaves the old width

    # The way

    def action_back(self) -> None:
        """One step back; from the first, leave. Once the account is saved there is nothing to go back to."""
        if self._looking:
            self._turn += 1
            self._looking = False
            self._address.look()
        elif self._at == _ADDRESS or self._saved:
            self._leave(self._saved)
        else:
            self._show(self._at - 1)

    @on(Input.Submitted)
    def entered(self) -> None:
        """Enter in a field goes on."""
        self.action_next()

    def action_next(self) -> None:
        """One step on, when this one is complete; a field that is not says so itself."""
        try:
            if self._at == _ADDRESS:
                self._go_from_address(self._address.value()[0])
            elif self._at == _SERVERS:
                self._servers.value()
                self._servers.more(self._account or Account(self._address.value()[0]))
                self._fill_login()
                self._show(_LOGIN)
            elif self._at == _LOGIN:
                self._save = self._gathered()
                self._prove(_LOGIN)
            elif self._saved:
                self._leave(self._saved)
            elif self._works:
                self.action_save()
        except BadInput:
            return

    def _go_from_address(self, address: str) -> None:
        if self._account is not None or self._found_for == address:
            self._show(_SERVERS)
        elif not self._looking:
            self._find(address)

    @work(group="find")
    async def _find(self, address: str) -> None:
        """Find the settings; where somebody signs in by approving, go straight there."""
        self._turn += 1
        turn, self._looking = self._turn, True
        self._address.looking()
        try:
            found = await self.ask(FindSettings(address))
        except MailError as error:
            found = ()
            if turn == self._turn:
                self.tell(error)
        if turn != self._turn:
            return
        self._looking = False
        self._address.look()
        if not found:
            return
        self._found_for = address
        self._servers.offer(self._with_hint(found))
        self._fill_login()
        preset = self._servers.finding.preset
        if preset.issuer and not self._servers.finding.guessed and by_oauth(self._login.chosen):
            self._save = self._gathered()
            self._prove(_SERVERS)
        else:
            self._show(_SERVERS)

    def _with_hint(self, found: Sequence[Finding]) -> tuple[Finding, ...]:
        """What was found, after the service that was asked for where only guesses say otherwise."""
        if self._hint is None or not found[0].guessed:
            return tuple(found)
        return (Finding(_at_work(self._hint), Source.KNOWN, "as you chose"), *found)

    def _fill_login(self) -> None:
        """Take over how the services sign in, once for each address and pair of services."""
        if self._account is not None:
            return
        address, sender = self._address.value()[0], self._servers.sender
        preset = self._servers.finding.preset
        wanted = (address, preset.name, sender.name if sender else "")
        if self._filled != wanted:
            self._filled = wanted
            self._login.fill(address, preset, sender)

    def _gathered(self) -> SaveAccount:
        """The account as the form has it, with its secrets. Raises BadInput after complaining."""
        address, name = self._address.value()
        imap, pop3, smtp = self._servers.value()
        login, secret, smtp_login, smtp_secret = self._login.value()
        known = self._account or Account(
            address,
            provider=_provider(self._servers.finding.preset),
            offline=Offline(self.desk.settings.general.offline),
        )
        account = replace(
            known,
            name=name,
            incoming=self._servers.incoming,
            imap=imap,
            pop3=pop3,
            smtp=smtp,
            login=login,
            smtp_login=smtp_login,
            authority=self._login.authority or known.authority,
        )
        account = self._servers.more(account)
        if not account.client_id:  # one that was asked for on the way is in no field
            account = replace(account, client_id=self._client[0], client_secret=self._client[1])
        return SaveAccount(account, secret, smtp_secret)

    # Signing in

    @work(exclusive=True, group="prove")
    async def _prove(self, back_to: int) -> None:
        """Have the sign-in approved where that is how it is done and it is not known yet, then test."""
        ready = self._save
        if ready is None:
            return
        if by_oauth(ready.account.login):
            identity = await identified(self.app, self.desk, ready.account)
            if identity is None:
                self._show(back_to)
                return
            if not self._is_approved(ready.account, identity) and not await self._approve(identity):
                self._show(back_to)
                return
        self._show(_TEST)
        self.action_again()

    def _is_approved(self, account: Account, identity: Identity) -> bool:
        """Whether just this was approved already, here or before."""
        if self._approved is not None:
            return self._approved == identity
        old = self._account
        if old is None or old.login != account.login:
            return False
        return identity_of(old, self.desk.settings.client_ids()) == identity

    async def _approve(self, identity: Identity) -> bool:
        """Sign in on a page of its own; whether it came to that."""
        ready = self._save
        if ready is None:
            return False
        preset = by_name(ready.account.provider)
        words = "" if self._account else summary(ready.account, preset.title if preset else "")
        screen = SignInScreen(self.desk, ready.account, identity, words, _place(_LOGIN))
        approved = await self.app.push_screen_wait(screen)
        if approved is None:
            return False
        account, self._granted = approved.account, approved.words
        self._approved = identity_of(account, self.desk.settings.client_ids())
        self._client = (account.client_id, account.client_secret)
        self._login.named(account.login.username if account.login else "")
        self._save = replace(ready, account=account)
        return True

    @work(exclusive=True, group="prove")
    async def action_approve(self) -> None:
        """Sign in once more, and test again."""
        if self._save is None:
            return
        identity = await identified(self.app, self.desk, self._save.account)
        if identity is not None and await self._approve(identity):
            self.action_again()

    # The test

    @work(exclusive=True, group="test")
    async def action_again(self) -> None:
        """Try receiving and sending; each step is shown as it is done."""
        ready = self._save
        if ready is None:
            return
        self._turn += 1
        turn, self._checks, self._works = self._turn, [], False
        self._trying = True
        self._arrange()
        self._test.show([], _TRYING)
        try:
            checks = await self.ask(TestAccount(ready.account, ready.secret, ready.smtp_secret))
        except MailError as error:
            if turn == self._turn:
                self._trying = False
                self._arrange()
                self._test.show(self._checks, "The test could not be made.")
                self.tell(error)
            return
        if turn == self._turn:
            self._trying = False
            self._judge(list(checks))

    def on_engine_spoke(self, event: EngineSpoke) -> None:
        """A step of the test is done, or mail of the saved account comes in."""
        spoken, ready = event.event, self._save if self._trying else None
        if isinstance(spoken, Checked) and ready is not None and spoken.account == ready.account.address:
            self._checks.append(spoken.check)
            self._test.show(self._checks, _TRYING)
        elif isinstance(spoken, StatusChanged) and self._saved == spoken.account:
            self._watch()

    def _judge(self, checks: list[Check]) -> None:
        self._checks = checks
        self._works = bool(checks) and all(check.ok for check in checks)
        if not self._works:
            self._test.show(checks, "Not everything works yet. Nothing has been saved.")
            self._arrange()
            self.query_one("#back", Button).focus()
            return
        seconds = span(sum(check.seconds for check in checks))
        self._test.show(checks, f"It works: receiving and sending, tried in {seconds}.")
        self._arrange()
        self.query_one("#next", Button).focus()
        if self._account is None:
            self.action_save()

    # The end

    @work(exclusive=True, group="save")
    async def action_save(self) -> None:
        """Write the account and begin to fetch; the mail of a new one is watched as it comes in."""
        ready = self._save
        if ready is None:
            return
        done, words = await self.try_to(ready)
        if not done:
            return
        address = ready.account.address
        if not await kept(self.app, self.desk, ready, words or self._granted):
            self._account = ready.account
            self._login.use_command()
            self._show(_LOGIN)
            return
        if self._account is not None or not self._works:
            self.say(f"{safe_line(address)} is saved.")
            self._leave(address)
            return
        self._saved = address
        self._test.show(self._checks, f"It works, and {safe_line(address, 120)} is saved.")
        self._watch()
        self._arrange()
        self.query_one("#next", Button).focus()

    def _watch(self) -> None:
        """Say how the mail of the saved account comes in."""
        if self._save is None or self._save.account.incoming is Protocol.NONE:
            return
        state = self.desk.engine.status(self._saved)
        self._test.arriving(f"{DOTS[state.phase][0]} {status(state, time.time())}")

    def _leave(self, address: str) -> None:
        if self._approved is not None and not address and self._save is not None:
            self.desk.engine.post(CancelSignIn(self._save.account.address))
        self._login.forget()
        self._save = None
        self.dismiss(address)


def _place(at: int) -> str:
    return f"{_NAMES[at]} · step {at + 1} of {len(_NAMES)}"


def _provider(preset: Preset) -> str:
    return "" if preset.name == "other" else preset.name


def _at_work(hint: Preset) -> Preset:
    """The service that was asked for; Outlook.com's own domains are known, so another one is at work."""
    return (by_name("microsoft365") or hint) if hint.name == "outlook" else hint
