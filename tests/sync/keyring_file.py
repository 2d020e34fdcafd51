"""A password store on disk for tests with several processes; as a program it renews a sign-in and dies."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import keyring

from tests.config import stores


class OnDisk(stores.Memory):
    """Every value is on disk before a call returns. Write number `die_at` kills the process instead."""

    def __init__(self, path: Path, die_at: int = 0) -> None:
        super().__init__(longest=1280)
        self._path = path
        self._die_at = die_at

    def get_password(self, service: str, username: str) -> str | None:
        self._load()
        return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._load()
        if self.writes + 1 == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        super().set_password(service, username, password)
        self._save()

    def delete_password(self, service: str, username: str) -> None:
        self._load()
        super().delete_password(service, username)
        self._save()

    def _load(self) -> None:
        if self._path.exists():
            self.values = {(one[0], one[1]): one[2] for one in json.loads(self._path.read_text())}

    def _save(self) -> None:
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps([[*key, value] for key, value in self.values.items()]))
        new.replace(self._path)


def main(path: str, die_at: str, address: str, client_id: str, authority: str, ca_file: str) -> None:
    """Renew the sign-in of an account, with a store that kills this process at one of its writes."""
    from tests.sync.signing_in import fresh_start, secret_of
    from tui.model.account import Account, Auth, Login

    keyring.set_keyring(OnDisk(Path(path), int(die_at)))
    account = Account(
        address=address,
        login=Login(address, Auth.OAUTH2),
        client_id=client_id,
        authority=authority,
        ca_file=ca_file,
    )
    secret_of(fresh_start(), account)
    print("signed in")


if __name__ == "__main__":
    main(*sys.argv[1:])
