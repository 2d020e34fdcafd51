"""An account's mail filed anew for another protocol; every message stays where it is."""

from __future__ import annotations

import sqlite3

from tui.model.account import Protocol
from tui.model.folder import Role
from tui.store.folders import account_id, become_local, folders, local_folder, save_account


def switch(db: sqlite3.Connection, account: str, protocol: Protocol) -> None:
    """Lay the account out for `protocol`.

    Away from IMAP: its folders become local, uids and waiting changes are forgotten. To IMAP nothing more is
    needed: the server's list takes over folders by their names, and messages are matched by fingerprint.
    UIDLs stay noted through all of it: a message that was here once is not fetched again by POP3. The flags
    last agreed on stay noted as well, so that marks made meanwhile win when the server is met again.
    """
    owner = account_id(db, account)
    for folder in folders(db, account):
        if not folder.local:
            become_local(db, folder.id)
    db.execute("DELETE FROM pending WHERE account = ?", (owner,))
    save_account(db, account, protocol)
    if protocol is Protocol.POP3:
        local_folder(db, account, "INBOX", Role.INBOX)
        # Taken as still there until the server's next list says otherwise.
        db.execute(
            "UPDATE message SET on_server = 1"
            " WHERE id IN (SELECT message FROM uidl WHERE account = ? AND left = 0)",
            (owner,),
        )
    else:
        db.execute(
            "UPDATE message SET on_server = 0 WHERE folder IN (SELECT id FROM folder WHERE account = ?)",
            (owner,),
        )
