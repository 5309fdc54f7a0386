/**
 * The steps from an empty database to the present one; step i leads to `user_version` i + 1. A step that was
 * released is never changed: what is to be otherwise is a new step.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    name TEXT PRIMARY KEY,
    rights TEXT NOT NULL CHECK (rights IN ('member', 'read-only', 'admin')),
    created_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE devices (
    fingerprint TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    label TEXT NOT NULL,
    paired INTEGER NOT NULL CHECK (paired IN (0, 1)),
    created_ms INTEGER NOT NULL,
    last_seen_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX devices_of_user ON devices (user);

  -- No reference to users: the user comes into being when the invitation is redeemed.
  CREATE TABLE invitations (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    user TEXT NOT NULL,
    rights TEXT CHECK (rights IN ('member', 'read-only', 'admin')),
    expires_ms INTEGER NOT NULL,
    used_ms INTEGER,
    used_by TEXT
  ) STRICT, WITHOUT ROWID;

  -- No reference to users: what a removed user has backed up stays.
  CREATE TABLE sets (
    number INTEGER PRIMARY KEY,
    user TEXT NOT NULL,
    host TEXT NOT NULL,
    name TEXT NOT NULL,
    source_path BLOB NOT NULL,
    UNIQUE (user, host, name)
  ) STRICT;

  CREATE TABLE snapshots (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    set_number INTEGER NOT NULL REFERENCES sets (number),
    time_ms INTEGER NOT NULL,
    files INTEGER NOT NULL,
    dirs INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    source_path BLOB NOT NULL,
    damaged INTEGER NOT NULL DEFAULT 0 CHECK (damaged IN (0, 1))
  ) STRICT;
  CREATE INDEX snapshots_of_set ON snapshots (set_number, time_ms, number);
  CREATE INDEX snapshots_by_time ON snapshots (time_ms, number);

  CREATE TABLE destinations (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    last_seen_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE copies (
    destination BLOB NOT NULL REFERENCES destinations (id) ON DELETE CASCADE,
    set_number INTEGER NOT NULL REFERENCES sets (number),
    snapshot_number INTEGER NOT NULL REFERENCES snapshots (number),
    verified_ms INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (destination, set_number)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX copies_of_set ON copies (set_number);
  CREATE INDEX copies_of_snapshot ON copies (snapshot_number);

  CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Sums that the console shows are kept with the set: counting 100,000 snapshots each time would hold up the hub.
  -- Bytes are REAL, as a sum that is too large must not make a commit fail.
  ALTER TABLE sets ADD COLUMN copies_asked INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sets ADD COLUMN snapshots INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sets ADD COLUMN snapshot_bytes REAL NOT NULL DEFAULT 0;
  UPDATE sets SET (snapshots, snapshot_bytes) =
    (SELECT count(*), total(bytes) FROM snapshots WHERE set_number = sets.number);
  CREATE TRIGGER snapshot_added AFTER INSERT ON snapshots BEGIN
    UPDATE sets SET snapshots = snapshots + 1, snapshot_bytes = snapshot_bytes + NEW.bytes WHERE number = NEW.set_number;
  END;
  CREATE TRIGGER snapshot_removed AFTER DELETE ON snapshots BEGIN
    UPDATE sets SET snapshots = snapshots - 1, snapshot_bytes = snapshot_bytes - OLD.bytes WHERE number = OLD.set_number;
  END;

  -- One row an hour: the last one noted in it.
  CREATE TABLE vault_sizes (
    hour INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    stored_bytes INTEGER NOT NULL,
    plain_bytes INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- A snapshot that would change or delete too much is held back from destinations until somebody releases it.
  ALTER TABLE snapshots ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
  ALTER TABLE snapshots ADD COLUMN held_changed INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE snapshots ADD COLUMN held_deleted INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE snapshots ADD COLUMN held_of INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX snapshots_held ON snapshots (set_number, time_ms, number) WHERE held = 1;
  -- Files as the hub has counted them; null: not counted.
  ALTER TABLE snapshots ADD COLUMN counted_files INTEGER;

  -- The receipt: what the device has signed, and with which certificate (DER). Proven: when random pieces of it were last right.
  ALTER TABLE copies ADD COLUMN proven_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE copies ADD COLUMN signature BLOB;
  ALTER TABLE copies ADD COLUMN certificate BLOB;

  -- What a destination has of a set is doubted since a proof failed, until it acknowledges a copy anew.
  CREATE TABLE failed_proofs (
    destination BLOB NOT NULL REFERENCES destinations (id) ON DELETE CASCADE,
    set_number INTEGER NOT NULL REFERENCES sets (number),
    failed_ms INTEGER NOT NULL,
    PRIMARY KEY (destination, set_number)
  ) STRICT, WITHOUT ROWID;

  -- Who was in before there were duties keeps what could be done then: adding and reading.
  ALTER TABLE devices ADD COLUMN duty TEXT NOT NULL DEFAULT 'add' CHECK (duty IN ('add', 'all', 'destination'));
  ALTER TABLE invitations ADD COLUMN duty TEXT NOT NULL DEFAULT 'add' CHECK (duty IN ('add', 'all', 'destination'));

  -- Null: no limit. No reference to users: limits may be set before somebody comes.
  CREATE TABLE user_limits (
    user TEXT PRIMARY KEY,
    stored_bytes INTEGER,
    sets INTEGER,
    connections INTEGER,
    bytes_per_second INTEGER
  ) STRICT, WITHOUT ROWID;
  -- What a user's backups have added to the vault.
  CREATE TABLE user_usage (
    user TEXT PRIMARY KEY,
    stored_bytes INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- Chunks that snapshots of a set need and the vault has lost: to be fetched from who holds a copy. Told: the log says
  -- that nobody could.
  CREATE TABLE lacking_chunks (
    id BLOB NOT NULL CHECK (length(id) = 32),
    set_number INTEGER NOT NULL REFERENCES sets (number) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('data', 'list', 'page', 'snapshot')),
    found_ms INTEGER NOT NULL,
    told INTEGER NOT NULL DEFAULT 0 CHECK (told IN (0, 1)),
    PRIMARY KEY (id, set_number)
  ) STRICT, WITHOUT ROWID;
  `,
];
