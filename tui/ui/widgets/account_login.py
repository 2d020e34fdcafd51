"""The third page of an account's form: how to sign in."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tui.model.account import Account, Login, SecretSource
from tui.model.issuer import by_issuer, issuer_of
from tui.model.preset import Preset
from tui.model.secret import Secret
from tui.ui.widgets.account_fields import LoginFields
from tui.ui.widgets.account_step import Step
from tui.ui.widgets.form import Tick


class LoginStep(Step):
    """How to sign in for receiving, and for sending where that differs."""

    def __init__(self, account: Account | None) -> None:
        super().__init__(id="step-sign-in")
        own = (account.login if account else None) or Login("")
        smtp = account.smtp_login if account else None
        issuer = issuer_of(account) if account else None
        signer = issuer.title if issuer else ""
        self._note = Static(classes="advice")
        authority = account.authority if account else ""
        self._login = LoginFields(own, account is not None, signer, id="login", authority=authority)
        self._differs = Tick("Sending signs in differently", smtp is not None, id="differs")
        self._smtp_login = LoginFields(smtp or Login(""), smtp is not None, "", id="smtp-login")

    def compose(self) -> ComposeResult:
        """The service's note first: it may spare a vain try."""
        yield Static(Content("How do you sign in?"), classes="question")
        yield self._note
        yield self._login
        yield self._differs
        yield self._smtp_login

    def on_mount(self) -> None:
        """Hide the second sign-in until it is wanted."""
        self._smtp_login.display = self._differs.value
        self._note.display = False

    @on(Tick.Changed)
    def differs(self) -> None:
        """Show or hide the second sign-in."""
        self._smtp_login.display = self._differs.value

    def fill(self, address: str, preset: Preset, sender: Preset | None) -> None:
        """Take over what the service for receiving, and the one that sends, say."""
        self.note(preset, sender)
        issuer = by_issuer(preset.issuer)
        self._login.fill(Login(preset.user(address), preset.auth), issuer.title if issuer else "")
        other = sender is not None or preset.smtp_user(address) != preset.user(address)
        through = sender or preset
        self._smtp_login.fill(Login(through.smtp_user(address), through.auth), "")
        self._differs.value = other and not preset.sends_only

    def note(self, preset: Preset, sender: Preset | None) -> None:
        """Say what the services want one to know."""
        words = " ".join(part for part in (preset.note, sender.note if sender else "") if part)
        self._note.update(Content(words))
        self._note.display = bool(words)

    @property
    def chosen(self) -> Login:
        """The way to sign in that is chosen, complete or not."""
        return self._login.chosen

    @property
    def authority(self) -> str:
        """The authority of the account's own, "" for the usual one."""
        return self._login.authority

    def named(self, username: str) -> None:
        """Show the user name that whoever approved is known by."""
        self._login.named(username)

    def use_command(self) -> None:
        """Ask for the command that prints the secret."""
        self._login.use(SecretSource.COMMAND)

    def value(self) -> tuple[Login, Secret | None, Login | None, Secret | None]:
        """The sign-ins with their secrets. Raises BadInput after complaining."""
        login, secret = self._login.value()
        if not self._differs.value:
            return login, secret, None, None
        return login, secret, *self._smtp_login.value()

    def forget(self) -> None:
        """Clear the typed secrets."""
        self._login.forget()
        self._smtp_login.forget()
