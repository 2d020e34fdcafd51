"""The shape of the store: numbered migrations, applied in order and counted in PRAGMA user_version.

What is worth knowing of it:

- `message` holds what lists and plans need and stays small; what is shown stands in `header`, the bytes
  exactly as received in `body`.
- `message.position` is `received << 20 | number within that second`: unique, the order of every list, and
  the rowid of the search index, so that the newest hits come first without a sort. The message's identity is
  `id`, which is never used again.
- `uid` is NULL where a message has no place on a server (yet). `sought` says that it is probably there and
  is looked for by fingerprint: after a change of UIDVALIDITY or of the protocol, until the folder has been
  read completely. `agreed` and `agreed_tags` are the flags last agreed on with the server: what differs from
  them was changed here.
- `uidl` keeps what its message looked like, since servers may use a UIDL again for another one: the
  fingerprint, the size that the server gave it, and since when (`left`) the server lists it no more.
- `to_index` marks what the search index does not hold yet, or holds without its body: mail that came in bulk
  is read for it later.
- Folder counts are kept by triggers: no statement can forget them.
- `pending` remembers a change's source place (folder, wire name, uid, uidvalidity) as it was when the change
  was made. A row that is changed again before it was pushed gets a new id, so that whoever is pushing the
  old one can tell.
"""

from __future__ import annotations

_V1 = (
    """CREATE TABLE account (
        id INTEGER PRIMARY KEY,
        address TEXT NOT NULL COLLATE NOCASE UNIQUE,
        protocol TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE folder (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        wire TEXT NOT NULL DEFAULT '',
        role TEXT NOT NULL DEFAULT '',
        local INTEGER NOT NULL,
        selectable INTEGER NOT NULL DEFAULT 1,
        uidvalidity INTEGER NOT NULL DEFAULT 0,
        uidnext INTEGER NOT NULL DEFAULT 0,
        modseq INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        unread INTEGER NOT NULL DEFAULT 0,
        UNIQUE (account, name)
    ) STRICT""",
    """CREATE TABLE message (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        folder INTEGER NOT NULL REFERENCES folder(id) ON DELETE CASCADE,
        uid INTEGER CHECK (uid > 0),
        uidl TEXT NOT NULL DEFAULT '',
        position INTEGER NOT NULL UNIQUE,
        flags INTEGER NOT NULL,
        agreed INTEGER NOT NULL,
        tags TEXT NOT NULL DEFAULT '',
        agreed_tags TEXT NOT NULL DEFAULT '',
        size INTEGER NOT NULL,
        attachments INTEGER NOT NULL DEFAULT 0,
        thread INTEGER NOT NULL,
        fingerprint INTEGER NOT NULL,
        whole INTEGER NOT NULL DEFAULT 0,
        on_server INTEGER NOT NULL,
        held INTEGER NOT NULL DEFAULT 0,
        removed INTEGER NOT NULL DEFAULT 0,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL,
        UNIQUE (folder, uid)
    ) STRICT""",
    "CREATE INDEX message_list ON message (folder, position, flags, attachments, thread)",
    "CREATE INDEX message_thread ON message (thread)",
    "CREATE INDEX message_fingerprint ON message (fingerprint)",
    "CREATE INDEX message_missing ON message (folder, position) WHERE whole = 0",
    """CREATE TABLE header (
        message INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
        envelope TEXT NOT NULL,
        snippet TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """CREATE TABLE body (
        message INTEGER PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE,
        codec INTEGER NOT NULL,
        data BLOB NOT NULL,
        sha256 BLOB NOT NULL
    ) STRICT""",
    """CREATE VIRTUAL TABLE search USING fts5(
        subject, sender, recipients, copies, body,
        tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )""",
    """CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
        UPDATE folder SET total = total + 1, unread = unread + (NEW.flags & 1 = 0) WHERE id = NEW.folder;
    END""",
    """CREATE TRIGGER message_dropped AFTER DELETE ON message BEGIN
        UPDATE folder SET total = total - 1, unread = unread - (OLD.flags & 1 = 0) WHERE id = OLD.folder;
        DELETE FROM search WHERE rowid = OLD.position;
    END""",
    """CREATE TRIGGER message_changed AFTER UPDATE OF folder, flags ON message
    WHEN NEW.folder <> OLD.folder OR NEW.flags & 1 <> OLD.flags & 1 BEGIN
        UPDATE folder SET total = total - 1, unread = unread - (OLD.flags & 1 = 0) WHERE id = OLD.folder;
        UPDATE folder SET total = total + 1, unread = unread + (NEW.flags & 1 = 0) WHERE id = NEW.folder;
    END""",
    """CREATE TABLE link (
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        hash INTEGER NOT NULL,
        thread INTEGER NOT NULL,
        PRIMARY KEY (account, hash)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX link_thread ON link (thread)",
    """CREATE TABLE subject_link (
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        hash INTEGER NOT NULL,
        message INTEGER NOT NULL,
        received INTEGER NOT NULL,
        orphan INTEGER NOT NULL,
        PRIMARY KEY (account, hash)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE contact (
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        address TEXT NOT NULL COLLATE NOCASE,
        name TEXT NOT NULL DEFAULT '',
        written INTEGER NOT NULL DEFAULT 0,
        seen INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (account, address)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE pending (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        message INTEGER REFERENCES message(id) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        folder INTEGER REFERENCES folder(id) ON DELETE CASCADE,
        wire TEXT NOT NULL DEFAULT '',
        uid INTEGER NOT NULL DEFAULT 0,
        uidvalidity INTEGER NOT NULL DEFAULT 0,
        flags INTEGER NOT NULL DEFAULT 0,
        tags TEXT NOT NULL DEFAULT '',
        error TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0
    ) STRICT""",
    "CREATE INDEX pending_message ON pending (message)",
    "CREATE INDEX pending_folder ON pending (folder, uid)",
    """CREATE TABLE undo (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        what TEXT NOT NULL,
        data TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE uidl (
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        uidl TEXT NOT NULL,
        message INTEGER REFERENCES message(id) ON DELETE SET NULL,
        downloaded INTEGER NOT NULL,
        PRIMARY KEY (account, uidl)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX uidl_message ON uidl (message)",
    """CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        state TEXT NOT NULL,
        sender TEXT NOT NULL,
        subject TEXT NOT NULL,
        message_id TEXT NOT NULL,
        size INTEGER NOT NULL,
        created INTEGER NOT NULL,
        due INTEGER NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        last_error TEXT NOT NULL DEFAULT '',
        explanation TEXT NOT NULL DEFAULT '',
        sent_copy TEXT NOT NULL DEFAULT 'none',
        server_id TEXT NOT NULL DEFAULT '',
        original INTEGER REFERENCES message(id) ON DELETE SET NULL,
        answers TEXT NOT NULL DEFAULT '',
        codec INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX outbox_state ON outbox (state, due)",
    "CREATE INDEX outbox_original ON outbox (original)",
    """CREATE TABLE recipient (
        outbox INTEGER NOT NULL REFERENCES outbox(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        address TEXT NOT NULL,
        state TEXT NOT NULL,
        code INTEGER NOT NULL DEFAULT 0,
        text TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (outbox, number)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE draft (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES account(id) ON DELETE CASCADE,
        sender TEXT NOT NULL,
        "to" TEXT NOT NULL,
        cc TEXT NOT NULL,
        bcc TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        markdown INTEGER NOT NULL,
        in_reply_to TEXT NOT NULL,
        refs TEXT NOT NULL,
        original INTEGER REFERENCES message(id) ON DELETE SET NULL,
        answers TEXT NOT NULL,
        message INTEGER REFERENCES message(id) ON DELETE SET NULL,
        outbox INTEGER REFERENCES outbox(id) ON DELETE CASCADE,
        saved INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX draft_message ON draft (message)",
    "CREATE INDEX draft_original ON draft (original)",
    "CREATE INDEX draft_outbox ON draft (outbox)",
    """CREATE TABLE draft_file (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        draft INTEGER NOT NULL REFERENCES draft(id) ON DELETE CASCADE,
        filename TEXT NOT NULL,
        type TEXT NOT NULL,
        size INTEGER NOT NULL,
        codec INTEGER NOT NULL,
        data BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX draft_file_draft ON draft_file (draft)",
    """CREATE TABLE request (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        command TEXT NOT NULL,
        taken INTEGER NOT NULL DEFAULT 0,
        answer TEXT NOT NULL DEFAULT '',
        created INTEGER NOT NULL
    ) STRICT""",
)

_V2 = (
    "ALTER TABLE message ADD COLUMN sought INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE uidl ADD COLUMN fingerprint INTEGER",
    "ALTER TABLE uidl ADD COLUMN size INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE uidl ADD COLUMN left INTEGER NOT NULL DEFAULT 0",
    "UPDATE uidl SET fingerprint = (SELECT fingerprint FROM message WHERE message.id = uidl.message)",
)

_V3 = (
    "ALTER TABLE message ADD COLUMN to_index INTEGER NOT NULL DEFAULT 0",
    "CREATE INDEX message_to_index ON message (position, folder) WHERE to_index",
    # FTS5 merges less often, and its pages fill those of the store: a quarter less work for 20,000 messages.
    "INSERT INTO search (search, rank) VALUES ('automerge', 8)",
    "INSERT INTO search (search, rank) VALUES ('pgsz', 8000)",
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_V1, _V2, _V3)
"""One tuple of statements for each version; a released one is never edited, only followed by another."""

VERSION = len(MIGRATIONS)
