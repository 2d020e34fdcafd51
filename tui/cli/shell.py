"""What every command works with: the paths, the settings, the chosen account, the store and the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from tui.cli.output import Output
from tui.cli.parser import nearest
from tui.model.error import BadConfig, BadUsage, MailError, NotFound

if TYPE_CHECKING:
    import logging
    from pathlib import Path

    from tui.config.paths import Paths
    from tui.config.settings import Settings
    from tui.model.account import Account
    from tui.model.event import Event
    from tui.model.folder import Folder
    from tui.store.reader import Reader
    from tui.sync.engine import Engine

CLOSE_WITHIN = 2.0
CLOSE_AT_ONCE = 0.3
NO_ACCOUNT = "There is no mail account yet."
NO_ACCOUNT_HINT = "Set one up with: outlook-tui account add ADDRESS"


class Shell:
    """Opens each thing when it is first needed, so that a command pays only for what it uses."""

    def __init__(self, home: str | None, account: str, offline: bool, output: Output) -> None:
        self.home = home
        self.wanted = account
        self.offline = offline
        self.output = output
        self._log: logging.Handler | None = None

    @cached_property
    def paths(self) -> Paths:
        """Where everything is kept. Raises CannotCreate when the folders cannot be made."""
        from tui.config import paths

        return paths.find(self.home)

    @property
    def settings(self) -> Settings:
        """The configuration as it is on the disk now. Raises BadConfig."""
        from tui.config import settings

        return settings.load(self.paths.config_file)

    def accounts(self) -> tuple[Account, ...]:
        """The account that was asked for, else all of them. Raises NotFound for an unknown one."""
        known = self.settings.accounts
        return (self._named(self.wanted, known),) if self.wanted else known

    def account(self, address: str = "") -> Account:
        """The one account meant: by `address`, by --account, or because there is no other."""
        known = self.settings.accounts
        wanted = address or self.wanted
        if wanted:
            return self._named(wanted, known)
        if not known:
            raise BadConfig(NO_ACCOUNT, NO_ACCOUNT_HINT)
        if len(known) > 1:
            listed = ", ".join(one.address for one in known)
            raise BadUsage("Which account? There are several.", f"Add --account ADDRESS, one of: {listed}.")
        return known[0]

    def _named(self, address: str, known: tuple[Account, ...]) -> Account:
        for one in known:
            if one.address.lower() == address.lower():
                return one
        raise _no_account(address, [one.address for one in known])

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """A read-only connection to the store, which is made when it is not there yet."""
        from tui.store.reader import Reader

        with Reader(self.paths.database) as reader:
            yield reader

    def addresses(self, reader: Reader) -> list[str]:
        """The chosen account, or all: also those that are no longer set up but whose mail is still here."""
        configured = [one.address for one in self.settings.accounts]
        stored = [address for address, _ in reader.accounts()]
        known = configured + [address for address in stored if address not in configured]
        if not known:
            self.output.note(f"{NO_ACCOUNT} {NO_ACCOUNT_HINT}")
        if not self.wanted:
            return known
        for address in known:
            if address.lower() == self.wanted.lower():
                return [address]
        raise _no_account(self.wanted, known)

    def find_folder(self, reader: Reader, name: str, account: str) -> Folder | None:
        """The folder called `name` in an account; the inbox by any spelling."""
        from tui.model.folder import Role

        found = reader.folder_named(account, name)
        if found is None and name.casefold() == "inbox":
            found = reader.folder_role(account, Role.INBOX)
        return found

    def no_folder(self, reader: Reader, name: str, accounts: list[str]) -> NotFound:
        """The error of a folder that none of the accounts has, with the nearest one that there is."""
        names = [folder.name for address in accounts for folder in reader.folders(address)]
        return NotFound(f"There is no folder {name!r}.", nearest(name, names) or "See: outlook-tui folders")

    def start_log(self) -> Path:
        """Begin to write the log, if that was not done, and answer its file. Raises CannotCreate."""
        from tui.config import log

        if self._log is None:
            self._log = log.start(self.paths, self.settings.general.log_level)
        return self.paths.logs / log.FILE

    def log_error(self, error: Exception) -> None:
        """Write where an error came from into the log, if one was begun."""
        if self._log is None:
            return
        import logging

        level = logging.INFO if isinstance(error, MailError) else logging.ERROR
        logging.getLogger(__name__).log(level, "%s", type(error).__name__, exc_info=error)

    def close(self) -> None:
        """End the log."""
        if self._log is not None:
            from tui.config import log

            log.stop(self._log)
            self._log = None

    @contextmanager
    def engine(self, watch: bool = False) -> Iterator[Engine]:
        """A started engine, closed again in any case; with `watch` it follows the servers by itself."""
        from tui.config.secrets import Secrets
        from tui.sync.engine import Engine

        self.start_log()

        engine = Engine(self.paths, self.settings, Secrets(), watch=watch)
        engine.listen(self._tell_of_keyring)
        within = CLOSE_WITHIN
        try:
            engine.start(offline=self.offline)
            yield engine
        except KeyboardInterrupt:
            within = CLOSE_AT_ONCE
            raise
        finally:
            engine.close(within)

    def _tell_of_keyring(self, event: Event) -> None:
        from tui.model.event import KeyringWaits

        if isinstance(event, KeyringWaits):
            self.keyring_waits(event.waiting)

    def keyring_waits(self, waiting: bool) -> None:
        """Tell the person that the keyring has not answered: it may be asking in a window of its own."""
        if waiting:
            self.output.note("Waiting for your keyring; it may be asking for its password.")


def _no_account(address: str, known: list[str]) -> NotFound:
    listed = f"There are: {', '.join(known)}." if known else NO_ACCOUNT_HINT
    return NotFound(f"There is no account {address}.", nearest(address, known) or listed)
