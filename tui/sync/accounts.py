"""Accounts come, change and go: configuration, keyring, store and threads are kept in step."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from tui.config.settings import Settings, load, remove_account, save_account
from tui.model.account import Account, Auth, Login, Protocol, SecretSource
from tui.model.command import Check, RemoveAccount, SaveAccount, SignIn, TestAccount
from tui.model.error import Busy, MailError, NotFound, NotKept, SignInNeeded
from tui.model.event import AccountsChanged, Checked, Phase, Problem
from tui.model.secret import Secret
from tui.store.pending import is_marked
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context
from tui.sync.crew import Crew

log = logging.getLogger(__name__)


SETTLE_FIRST = (
    "The configuration asks for another protocol; switch in the account's settings, or run outlook-tui "
    "account set ADDRESS incoming=…, so that nothing is left behind."
)


def unsettled(reader: Reader, address: str) -> str:
    """A sentence on what only the server or only the store has of an account, "" when both have all."""
    changes = len([one for one in reader.pending(address) if not is_marked(one)])
    bodies = reader.missing_count(address)
    open_ends = [
        f"{changes} changes have not been told to the server" if changes else "",
        f"{bodies} messages are here with their header only" if bodies else "",
    ]
    words = " and ".join(filter(None, open_ends))
    return f"{words}." if words else ""


class Accounts:
    """Carries out the commands on accounts, one at a time, on short threads.

    `leads` tells whether this process is the one that talks to servers, and so may file mail anew.
    """

    def __init__(self, context: Context, config_file: Path, crew: Crew, leads: Callable[[], bool]) -> None:
        self._context = context
        self._leads = leads
        self._config_file = config_file
        self._crew = crew
        self._lock = threading.Lock()

    def carry_out(self, command: SaveAccount | RemoveAccount | SignIn | TestAccount) -> object:
        """The command's answer, as `model.command` says."""
        match command:
            case TestAccount(account, secret, smtp_secret):
                return self._test(account, secret, smtp_secret)
            case SaveAccount(account, secret, smtp_secret):
                with self._lock:
                    return self._save(account, secret, smtp_secret)
            case RemoveAccount(address, keep_mail):
                with self._lock:
                    self._remove(address, keep_mail)
                return None
            case SignIn(address, secret, remember):
                with self._lock:
                    return self._sign_in(address, secret, remember)

    def enter_in_store(self) -> None:
        """Make the store agree with the settings: accounts that are new, protocols that were changed by hand.

        Where a change of protocol would lose something, the account goes on as before and the person is told.
        It also goes on as before where another process leads: that one may be about to change it.
        """
        with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
            known = {address.lower(): protocol for address, protocol in reader.accounts()}
            accounts = [self._entered(one, known, reader, writer) for one in self._context.settings.accounts]
        self._context.settings = replace(self._context.settings, accounts=tuple(accounts))

    def _entered(
        self, account: Account, known: dict[str, Protocol], reader: Reader, writer: Writer
    ) -> Account:
        before = known.get(account.address.lower())
        if before is None:
            writer.account(account.address, account.incoming)
        elif before is not account.incoming:
            if not self._leads():
                return replace(account, incoming=before)
            words = unsettled(reader, account.address) if before is Protocol.IMAP else ""
            if words:
                self._context.board.tell(Problem(account.address, words, SETTLE_FIRST))
                return replace(account, incoming=before)
            writer.switch(account.address, account.incoming)
        return account

    def reload(self) -> None:
        """Read the configuration again and give every account what it says now. Raises BadConfig.

        Another process may have signed in: what waited for that goes on.
        """
        with self._lock:
            self._reload()
            self._context.credentials.kept.read_again(self._context.settings.accounts)
            for account in self._context.settings.accounts:
                waits = self._context.board.status(account.address).phase is Phase.SIGN_IN
                (self._crew.restart if waits else self._crew.release)(account.address)

    def _reload(self) -> None:
        settings: Settings = load(self._config_file)
        self._context.settings = settings
        self.enter_in_store()
        self._crew.match_settings()
        self._context.board.tell(AccountsChanged())

    def save_config(self, account: Account) -> None:
        """Write one account to the configuration and let it take effect."""
        with self._lock:
            save_account(self._config_file, account)
            self._reload()

    def _test(self, account: Account, secret: Secret | None, smtp_secret: Secret | None) -> list[Check]:
        from tui.net.probe import test

        def tell(check: Check) -> None:
            self._context.board.tell(Checked(account.address, check))

        try:
            secret = secret or self._kept(account, "incoming")
            smtp_secret = smtp_secret or self._kept(account, "smtp")
        except MailError as error:
            check = Check("password", False, error.what, error.hint, exit_code=error.exit_code)
            tell(check)
            return [check]
        seats = self._context.welcome.seats
        try:
            with seats.held(account, "incoming"), seats.held(account, "smtp"):
                return test(account, secret, smtp_secret, tell)
        except Busy as error:
            check = Check("connections", False, error.what, error.hint, exit_code=error.exit_code)
            tell(check)
            return [check]

    def _kept(self, account: Account, which: str) -> Secret | None:
        """The secret from where the account says, or None: the test then names the step that lacks it.

        Raises SignInNeeded when the person's command for it fails.
        """
        login = account.login if which == "incoming" else account.sending_login
        if login is None:
            return None
        credentials = self._context.credentials
        try:
            return credentials.held(account, login) or credentials.secret(account, login, which)
        except SignInNeeded as error:
            if login.source is SecretSource.COMMAND:
                raise
            log.info("no secret for the test: %s", error)
            return None

    def _save(self, account: Account, secret: Secret | None, smtp_secret: Secret | None) -> str:
        words = self._keep(account, account.login, secret, "incoming")
        words = self._keep(account, account.smtp_login, smtp_secret, "smtp") or words
        before = self._context.account(account.address)
        by_password = before is not None and before.by_token and not account.by_token
        by_hand = secret is not None and account.login is not None and account.login.auth is Auth.OAUTH2
        if by_password or by_hand:  # what was entered takes the place of a sign-in
            self._delete(partial(self._context.credentials.kept.forget, account.address))
        words = self._context.credentials.kept.keep(account) or words
        save_account(self._config_file, account)
        self._reload()
        self._crew.restart(account.address)
        return words

    def _keep(self, account: Account, login: Login | None, secret: Secret | None, which: str) -> str:
        """Put a secret where the account says; a sentence when it could only be kept for this session."""
        if secret is None or login is None or login.source is SecretSource.COMMAND:
            return ""
        if login.source is SecretSource.SESSION:
            self._context.secrets.remember(account.address, which, secret)
            return ""
        try:
            self._context.secrets.set(account.address, which, secret)
        except NotKept as error:
            return f"{error.what} {error.hint}"
        return ""

    def _remove(self, address: str, keep_mail: bool) -> None:
        account = self._context.account(address)
        if account is None:
            raise NotFound(f"There is no account {address}.", "outlook-tui account list shows them all.")
        self._crew.pause(account.address)
        remove_account(self._config_file, account.address)
        self._forget_secrets(account.address)
        with Writer(self._context.database) as writer:
            if keep_mail:
                writer.switch(account.address, Protocol.NONE)
            else:
                writer.forget_account(account.address)
        self._context.board.forget(account.address)
        self._reload()

    def _forget_secrets(self, address: str) -> None:
        deletions = [partial(self._context.secrets.delete, address, which) for which in ("incoming", "smtp")]
        for delete in (*deletions, partial(self._context.credentials.kept.forget, address)):
            self._delete(delete)

    def _delete(self, delete: Callable[[], None]) -> None:
        """Delete a secret; that the keyring could not be asked is told, and keeps nothing from going on."""
        try:
            delete()
        except NotKept as error:
            self._context.board.tell(Problem("", error.what, error.hint, error.detail))

    def _sign_in(self, address: str, secret: Secret, remember: bool) -> str:
        account = self._context.account(address)
        if account is None or account.login is None:
            raise NotFound(f"There is no account {address}.", "outlook-tui account list shows them all.")
        source = SecretSource.KEYRING if remember else SecretSource.SESSION
        login = replace(account.login, source=source, command="")
        account = replace(account, login=login)
        if login.auth is Auth.OAUTH2:
            self._context.credentials.kept.forget(address)  # a token entered by hand takes its place
        words = self._keep(account, login, secret, "incoming")
        save_account(self._config_file, account)
        self._reload()
        self._crew.restart(account.address)
        return words
