"""The pictures of adding an account and signing in: what a service far away would answer is given."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, cast

from textual.widgets import Input

from tui.model.account import Account, Auth, Login, Protocol, Security, Server
from tui.model.command import BeginSignIn, CancelSignIn, Command, FindSettings, SaveAccount
from tui.model.error import ConsentNeeded, MailError
from tui.model.event import AccountStatus, Phase, SigningIn
from tui.model.finding import Finding, Source
from tui.model.issuer import identity_of
from tui.model.preset import Preset, by_name, guessed
from tui.model.sign_in import SignInStep, Way
from tui.ui.messages import EngineSpoke
from tui.ui.screens.accounts import AccountsScreen
from tui.ui.screens.add_account import AddAccountScreen
from tui.ui.screens.sign_in import SignInScreen
from tui.ui.screens.welcome import WelcomeScreen
from tui.ui.sign_in_words import summary
from tui.ui.widgets.account_fields import LoginFields, ServerField

if TYPE_CHECKING:
    from tests.screenshots import Actor
    from tui.sync.engine import Engine

ADDRESS = "you@outlook.com"
_CLIENT = "00000000-0000-4000-8000-000000000000"
_URL = (
    "https://login.microsoftonline.com/consumers/oauth2/v2.0/authorize?client_id="
    f"{_CLIENT}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A10143"
    "&scope=https%3A%2F%2Foutlook.office.com%2FIMAP.AccessAsUser.All&code_challenge_method=S256"
)


class Answering:
    """An engine that gives these answers, and is asked all else."""

    def __init__(
        self, engine: Engine, answers: dict[type[Any], Any], states: dict[str, AccountStatus]
    ) -> None:
        self._engine = engine
        self._answers = answers
        self._states = states

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def status(self, account: str) -> AccountStatus:
        """The state that was given, else the real one."""
        return self._states.get(account) or self._engine.status(account)

    def post(self, command: Command) -> Future[Any]:
        """The answer that was given: a value, an error, or a Future that waits."""
        if type(command) not in self._answers:
            return self._engine.post(command)
        answer = self._answers[type(command)]
        future: Future[Any] = Future()
        if isinstance(answer, MailError):
            future.set_exception(answer)
        elif answer is not Ellipsis:
            future.set_result(answer)
        return future


def _answer(actor: Actor, answers: dict[type[Any], Any], *states: AccountStatus) -> None:
    known = {state.account: state for state in states}
    actor.app.desk.engine = cast(Any, Answering(actor.app.desk.engine, answers, known))


def _known(name: str) -> Preset:
    preset = by_name(name)
    assert preset is not None
    return preset


def _account(client_id: str = _CLIENT, address: str = ADDRESS, service: str = "outlook") -> Account:
    preset = _known(service)
    login = Login(address, Auth.OAUTH2)
    return Account(address, "", service, imap=preset.imap, smtp=preset.smtp, login=login, client_id=client_id)


async def welcome(actor: Actor) -> None:
    """The three doors."""
    actor.app.push_screen(WelcomeScreen(actor.app.desk))
    await actor.sees("Try the demo")


async def _form(actor: Actor, address: str) -> AddAccountScreen:
    form = AddAccountScreen(actor.app.desk)
    actor.app.push_screen(form)
    await actor.sees("Which account?")
    first, name = list(form.query("#step-address Input").results(Input))
    first.value, name.value = address, "Office"
    return form


async def address(actor: Actor) -> None:
    """An address whose service is known."""
    await _form(actor, ADDRESS)
    await actor.sees("known by the domain")


async def found(actor: Actor) -> None:
    """Settings that the DNS led to."""
    words = "by its mail exchanger in1-smtp.messagingengine.com"
    guess = Finding(guessed("x@outlook-demo.example"), Source.GUESS, "guessed: the usual names of servers")
    _answer(actor, {FindSettings: (Finding(_known("fastmail"), Source.MX, words), guess)})
    await _form(actor, "office@outlook-demo.example")
    await actor.pilot.press("ctrl+n")
    await actor.sees("mail exchanger")


async def explained(actor: Actor) -> None:
    """What is asked for."""
    await _page(actor, _account())


async def _page(actor: Actor, account: Account) -> None:
    identity = identity_of(account)
    assert identity is not None
    line = summary(account, _known(account.provider).title)
    actor.app.push_screen(SignInScreen(actor.app.desk, account, identity, line, "Sign-in · step 3 of 4"))
    await actor.sees("Sign in at Microsoft")
    await actor.pilot.pause()


async def _step(actor: Actor, step: SignInStep) -> None:
    _answer(actor, {BeginSignIn: ..., CancelSignIn: None})
    await _page(actor, _account())
    await actor.pilot.press("enter")
    await actor.sees("Asking Microsoft")
    actor.app.post_message(EngineSpoke(SigningIn(ADDRESS, step)))
    await actor.sees("Waiting for your approval")


async def in_browser(actor: Actor) -> None:
    """A browser has opened."""
    await _step(actor, SignInStep(Way.BROWSER, _URL, opened=True))


async def by_code(actor: Actor) -> None:
    """A code for another device."""
    from tests.screenshots import NOW

    page = "https://microsoft.com/devicelogin"
    await _step(actor, SignInStep(Way.DEVICE, page, "ABCD1EFGH", NOW.timestamp() + 872))


async def by_paste(actor: Actor) -> None:
    """An address to copy, and a field for the one it ends on."""
    await _step(actor, SignInStep(Way.PASTE, _URL))


async def approval(actor: Actor) -> None:
    """An organisation that wants its administrator to approve."""
    detail = "AADSTS90094: The grant requires admin permission."
    error = ConsentNeeded("Your organisation has to approve this program first.", "", detail=detail)
    _answer(actor, {BeginSignIn: error})
    await _page(actor, _account(address="you@contoso.example", service="microsoft365"))
    await actor.pilot.press("enter")
    await actor.sees("adminconsent")


async def client_id(actor: Actor) -> None:
    """No client id yet."""
    await _page(actor, _account(client_id=""))
    await actor.sees("How to register one")


async def done(actor: Actor) -> None:
    """A real test of receiving and sending, and the mail on its way in."""
    demo, new = actor.stage.demo, "office@outlook-demo.example"
    assert demo.account.imap and demo.account.smtp and demo.account.login
    found = (Finding(guessed(new), Source.GUESS, "guessed: the usual names of servers"),)
    fetching = AccountStatus(new, Phase.FETCHING, done=1240, total=8300)
    _answer(actor, {FindSettings: found, SaveAccount: ""}, fetching)
    form = await _form(actor, new)
    await actor.pilot.press("ctrl+n")
    await actor.sees("How does mail come and go?")
    form.query_one("#imap", ServerField).fill(demo.account.imap)
    form.query_one("#smtp", ServerField).fill(demo.account.smtp)
    await actor.pilot.press("ctrl+n")
    await actor.sees("How do you sign in?")
    fields = form.query_one("#login", LoginFields)
    fields.fill(demo.account.login, "")
    next(line for line in fields.query(Input) if line.password).value = demo.secret.reveal()
    await actor.pilot.press("ctrl+n")
    await actor.sees("is saved")


async def accounts(actor: Actor) -> None:
    """Accounts and how each fares."""
    from tests.screenshots import NOW

    now = NOW.timestamp()
    old = Account(
        "info@contoso.example",
        incoming=Protocol.POP3,
        pop3=Server("pop.contoso.example", 995),
        smtp=Server("smtp.contoso.example", 587, Security.STARTTLS),
        login=Login("info@contoso.example"),
    )
    settings = actor.app.desk.settings
    object.__setattr__(settings, "accounts", (_account(), old, *settings.accounts))
    _answer(
        actor,
        {},
        AccountStatus(
            ADDRESS, Phase.UP_TO_DATE, since=now - 60, fetched=now - 60, token_until=now + 2400, pushed=True
        ),
        AccountStatus(
            old.address, Phase.SIGN_IN, fetched=now - 90_000, what="The server did not accept the password."
        ),
    )
    actor.app.push_screen(AccountsScreen(actor.app.desk))
    await actor.sees("did not accept")
