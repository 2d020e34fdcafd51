"""The first page of an account's form: whose mail it is."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Static

from tui.mail.addresses import is_usable
from tui.model.account import Account
from tui.model.error import BadInput
from tui.model.preset import Preset, by_address
from tui.model.safe_text import safe_line
from tui.ui.widgets.account_step import Step
from tui.ui.widgets.form import CleanInput, Field

_ANY = "Type the address; the settings for it are found by themselves."
_MICROSOFT = (
    "Your address at Outlook.com or Hotmail, or that of your organisation. You approve in the browser: "
    "there is no password to type."
)


class AddressStep(Step):
    """The address and the name others see; below them what is known of the address already.

    `taken` are the addresses of the accounts there are, `hint` the service that was asked for, if any.
    """

    def __init__(self, taken: Sequence[str], account: Account | None, hint: Preset | None) -> None:
        super().__init__(id="step-address")
        self._taken = {address.lower() for address in taken}
        self._hint = hint
        self._address = CleanInput(
            account.address if account else "",
            placeholder="you@example.org",
            compact=True,
            disabled=account is not None,
        )
        self._own_name = CleanInput(
            account.name if account else "", placeholder="as others see it", compact=True
        )
        self._address_field = Field("Mail address", self._address)
        self._known = Static(classes="advice")

    def compose(self) -> ComposeResult:
        """Address, name, what is known."""
        yield Static(Content("Which account?"), classes="question")
        yield self._address_field
        yield Field("Your name", self._own_name)
        yield self._known

    def on_mount(self) -> None:
        """Say what to do."""
        self.look()

    @on(Input.Changed)
    def look(self) -> None:
        """Say which service the address is of, as far as that is built in."""
        address = self._address.value.strip()
        preset = by_address(address)
        if not is_usable(address):
            at_microsoft = self._hint is not None and self._hint.issuer.startswith("microsoft")
            words = _MICROSOFT if at_microsoft else _ANY
        elif preset is not None:
            words = f"{preset.title}: known by the domain {_domain(address)}."
        elif self._hint is not None:
            words = f"{self._hint.title}. Enter looks whether {_domain(address)} says so, too."
        else:
            words = f"Enter looks for the settings of {_domain(address)}."
        self.say(words)

    def looking(self) -> None:
        """Say that the settings are being looked for."""
        self.say(f"◌ Looking for the settings of {_domain(self._address.value)}… Esc stops that.")

    def say(self, words: str) -> None:
        """Show a sentence below the fields."""
        self._known.update(Content(words))

    def value(self) -> tuple[str, str]:
        """Address and name. Raises BadInput after complaining."""
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
        return address, self._own_name.value.strip()


def _domain(address: str) -> str:
    return safe_line(address.strip().rpartition("@")[2], 60)
