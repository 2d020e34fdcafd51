"""The four steps of an account's form: address, servers, sign-in, test. Each has fields and no engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Select, Static

from tui.mail.addresses import is_usable
from tui.model.account import Account, Auth, Keep, Login, Offline, Protocol, SecretSource, SentCopy, Server
from tui.model.command import Check
from tui.model.error import BadInput
from tui.model.preset import PRESETS, Preset, by_address, by_name, guessed
from tui.model.safe_text import safe_line
from tui.model.secret import Secret
from tui.ui.check_words import check_title, good_news
from tui.ui.widgets.account_fields import LoginFields, ServerField
from tui.ui.widgets.form import CleanInput, CleanTextArea, Field, OneOf, Tick

_PROTOCOLS = (
    (
        Protocol.IMAP,
        "IMAP",
        "Mail stays on the server; every device shows the same. Mostly the best.",
    ),
    (Protocol.POP3, "POP3", "Mail is fetched to this computer; you say what the server keeps."),
    (Protocol.NONE, "Only send", "Nothing is fetched: this account only sends."),
)
_BY_ADDRESS = "by-address"
_SAME = "same"

RuleT = TypeVar("RuleT", Keep, Offline)


class Step(VerticalScroll, can_focus=False):
    """One page of the form."""

    def begin(self) -> None:
        """Put the focus where one begins."""
        self.screen.focus_next(f"#{self.id} Input, #{self.id} OneOf, #{self.id} Select")


class AddressStep(Step):
    """The address, the name others see, and the mail service with how it was found."""

    def __init__(self, taken: Sequence[str], account: Account | None, provider: str) -> None:
        super().__init__(id="step-address")
        self._taken = {address.lower() for address in taken}
        self._address = CleanInput(
            account.address if account else "",
            placeholder="you@example.org",
            compact=True,
            disabled=account is not None,
        )
        self._own_name = CleanInput(account.name if account else "", compact=True)
        services = [(Content("As the address says"), _BY_ADDRESS)]
        services += [(Content(preset.title), preset.name) for preset in PRESETS]
        known = by_name(account.provider if account else provider)
        self._service = Select(
            services, value=known.name if known else _BY_ADDRESS, allow_blank=False, compact=True
        )
        self._address_field = Field("Mail address", self._address)
        self._found = Static(classes="advice")

    def compose(self) -> ComposeResult:
        """Address, name, service, what was found."""
        yield Static(Content("Which account?"), classes="question")
        yield self._address_field
        yield Field("Your name", self._own_name)
        yield Field("Mail service", self._service)
        yield self._found

    def on_mount(self) -> None:
        """Say what is known already."""
        self.look()

    @on(Input.Changed)
    @on(Select.Changed)
    def look(self) -> None:
        """Say which service was found, and how."""
        address = self._address.value.strip()
        chosen = self._service.selection or _BY_ADDRESS
        domain = safe_line(address.rpartition("@")[2], 60)
        preset = by_address(address) if chosen == _BY_ADDRESS else by_name(chosen)
        if preset is None or preset.name == "other":
            words = (
                f"Nothing is known about {domain}. The usual names of servers are filled in; correct them. "
                "Is it really at Microsoft 365 or Google? Then choose that above."
                if is_usable(address)
                else "Type the address: for many services the servers are known."
            )
        else:
            how = f"known by the domain {domain}" if chosen == _BY_ADDRESS else "as you chose"
            words = f"{preset.title}, {how}. {preset.note}"
        self._found.update(Content(words))

    def value(self) -> tuple[str, str, Preset]:
        """Address, name and service. Raises BadInput after complaining."""
        address = self._address.value.strip()
        words = ""
        if not is_usable(address):
            words = "Type a whole address, such as you@example.org."
        elif address.lower() in self._taken:
            words = "This account is here already."
        self._address_field.complain(words)
        if words:
            self._address.focus()
            raise BadInput(words)
        chosen = self._service.selection or _BY_ADDRESS
        preset = by_address(address) if chosen == _BY_ADDRESS else by_name(chosen)
        if preset is None or preset.name == "other":
            preset = guessed(address)
        return address, self._own_name.value.strip(), preset


class ServersStep(Step):
    """IMAP or POP3, the servers, and for an account that exists also what is kept."""

    def __init__(self, account: Account | None) -> None:
        super().__init__(id="step-servers")
        self._account = account
        self._incoming = OneOf(_PROTOCOLS, account.incoming if account else Protocol.IMAP, id="incoming")
        self._imap = ServerField("IMAP server", "imap", account.imap if account else None, id="imap")
        self._pop3 = ServerField("POP3 server", "pop3", account.pop3 if account else None, id="pop3")
        self._smtp = ServerField("SMTP server", "smtp", account.smtp if account else None, id="smtp")
        senders = [("The same service", _SAME)]
        senders += [(preset.title, preset.name) for preset in PRESETS if preset.sends_only]
        self._sender = Select(
            [(Content(title), name) for title, name in senders], value=_SAME, allow_blank=False, compact=True
        )
        self._own_smtp: Server | None = account.smtp if account else None
        self._ca_file = CleanInput(
            account.ca_file if account else "",
            placeholder="only for servers with a CA of their own",
            compact=True,
        )
        self._more = MoreFields(account) if account else None

    def compose(self) -> ComposeResult:
        """The protocol first, then its server, then sending."""
        yield Static(Content("How does mail come and go?"), classes="question")
        if self._account is None:
            yield self._incoming
        else:
            yield Static(Content(_switch_hint(self._account)), classes="advice muted")
        yield self._imap
        yield self._pop3
        if self._account is None:
            yield Field("Send through", self._sender)
        yield self._smtp
        yield Field("CA file (PEM)", self._ca_file)
        if self._more:
            yield self._more

    def on_mount(self) -> None:
        """Show the server of the chosen protocol."""
        self._suit()

    @on(OneOf.Changed)
    def _suit(self) -> None:
        """Show the server of the chosen protocol; of an account that exists, both."""
        both = self._account is not None and self._account.incoming is not Protocol.NONE
        self._imap.display = both or self._incoming.value == Protocol.IMAP
        self._pop3.display = both or self._incoming.value == Protocol.POP3

    @on(Select.Changed)
    def send_through(self, event: Select.Changed) -> None:
        """Fill in the server of the service that sends."""
        if event.select is self._sender:
            preset = self.sender
            self._smtp.fill(preset.smtp if preset else self._own_smtp)

    @property
    def sender(self) -> Preset | None:
        """The other service that sends, None when it is the same."""
        return by_name(self._sender.selection or _SAME)

    def fill(self, preset: Preset) -> None:
        """Take over what a service says."""
        self._imap.fill(preset.imap)
        self._pop3.fill(preset.pop3)
        self._own_smtp = preset.smtp
        self._smtp.fill(preset.smtp)
        self._sender.value = _SAME
        self._incoming.value = Protocol.NONE if preset.sends_only else Protocol.IMAP

    @property
    def incoming(self) -> Protocol:
        """How mail is received."""
        return self._account.incoming if self._account else Protocol(self._incoming.value)

    def value(self) -> tuple[Server | None, Server | None, Server | None]:
        """IMAP, POP3 and SMTP server. Raises BadInput after complaining."""
        incoming = self.incoming
        imap = self._imap.value(required=incoming is Protocol.IMAP) if self._imap.display else None
        pop3 = self._pop3.value(required=incoming is Protocol.POP3) if self._pop3.display else None
        return imap, pop3, self._smtp.value(required=incoming is Protocol.NONE)

    def more(self, account: Account) -> Account:
        """The account with its certificates, and for one that exists with what is kept and its signature."""
        account = replace(account, ca_file=self._ca_file.value.strip())
        return self._more.value(account) if self._more else account


class MoreFields(VerticalScroll, can_focus=False):
    """What an account has beyond servers: what is kept where, and the signature."""

    def __init__(self, account: Account) -> None:
        super().__init__(classes="more")
        self._keep = CleanInput(
            account.keep.text, placeholder="leave, delete, 14d, until-deleted", compact=True
        )
        self._offline = CleanInput(account.offline.text, placeholder="all, headers, 90d", compact=True)
        self._signature = CleanTextArea(account.signature, compact=True, classes="signature")
        self._sent_copy = Select(
            [
                (Content("Unless the service does it"), SentCopy.AUTO),
                (Content("Always"), SentCopy.ALWAYS),
                (Content("Never"), SentCopy.NEVER),
            ],
            value=account.sent_copy,
            allow_blank=False,
            compact=True,
        )
        self._keep_field = Field("POP3 leaves", self._keep)
        self._offline_field = Field("Kept here", self._offline)

    def compose(self) -> ComposeResult:
        """One field below the other."""
        yield self._keep_field
        yield self._offline_field
        yield Field("File sent mail", self._sent_copy)
        yield Field("Signature", self._signature)

    def value(self, account: Account) -> Account:
        """The account with these. Raises BadInput after complaining."""
        return replace(
            account,
            keep=_read(self._keep_field, self._keep, Keep),
            offline=_read(self._offline_field, self._offline, Offline),
            signature=self._signature.text,
            sent_copy=self._sent_copy.selection or SentCopy.AUTO,
        )


class SignInStep(Step):
    """How to sign in for receiving, and for sending where that differs."""

    def __init__(self, account: Account | None) -> None:
        super().__init__(id="step-sign-in")
        own = (account.login if account else None) or Login("")
        smtp = account.smtp_login if account else None
        self._note = Static(classes="advice")
        self._login = LoginFields(own, account is not None, id="login")
        self._differs = Tick("Sending signs in differently", smtp is not None, id="differs")
        self._smtp_login = LoginFields(smtp or Login(""), smtp is not None, id="smtp-login")

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
        self._login.fill(_login_of(preset, preset.user(address)))
        other = sender is not None or preset.smtp_user(address) != preset.user(address)
        self._smtp_login.fill(_login_of(sender or preset, (sender or preset).smtp_user(address)))
        self._differs.value = other and not preset.sends_only

    def note(self, preset: Preset, sender: Preset | None) -> None:
        """Say what the services want one to know."""
        words = " ".join(part for part in (preset.note, sender.note if sender else "") if part)
        self._note.update(Content(words))
        self._note.display = bool(words)

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


class TestStep(Step):
    """The steps of the test as they are done, each with its mark."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    def __init__(self) -> None:
        super().__init__(id="step-test")
        self._lines = Static(id="checks")
        self._verdict = Static(classes="question")

    def compose(self) -> ComposeResult:
        """The verdict above its reasons."""
        yield self._verdict
        yield self._lines

    def show(self, checks: Sequence[Check], verdict: str) -> None:
        """Draw what is known so far."""
        self._verdict.update(Content(verdict))
        self._lines.update(Content("\n").join(_line(check) for check in checks))


def _line(check: Check) -> Content:
    mark = ("✓ ", "bold $text-success") if check.ok else ("✗ ", "bold $text-error")
    head = [mark, (check_title(check.check), "" if check.ok else "bold")]
    if check.ok:
        detail = safe_line(good_news(check), 60)
        return Content.assemble(*head, (f"  {detail}" if detail else "", "dim"))
    lines = [f"\n    {safe_line(text, 400)}" for text in (check.detail, check.fix) if text]
    return Content.assemble(*head, *lines)


def _login_of(preset: Preset, user: str) -> Login:
    by_token = preset.auth is Auth.OAUTH2
    return Login(user, preset.auth, SecretSource.COMMAND if by_token else SecretSource.KEYRING)


def _switch_hint(account: Account) -> str:
    if account.incoming is Protocol.NONE:
        return "This account only sends."
    return f"Received by {account.incoming.value.upper()}. To change that, press p in the list of accounts."


def _read(field: Field, control: Input, kind: type[RuleT]) -> RuleT:
    try:
        value = kind(control.value.strip())
    except ValueError as cause:
        field.complain(f"{cause}.")
        control.focus()
        raise BadInput(f"{cause}.") from cause
    field.complain("")
    return value
