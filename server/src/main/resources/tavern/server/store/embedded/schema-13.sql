-- Schema 13: accounts of operators.

-- roles: names of roles; recovery: hashes; both with spaces between. password: its hash, '' for none.
CREATE TABLE operator (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version > 0),
  roles TEXT NOT NULL,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  until_ms INTEGER NOT NULL,
  made_ms INTEGER NOT NULL,
  made_by TEXT NOT NULL,
  password TEXT NOT NULL,
  totp TEXT NOT NULL,
  totp_step INTEGER NOT NULL,
  recovery TEXT NOT NULL,
  signed_in_ms INTEGER NOT NULL,
  signed_in_from TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions and tokens. hash: SHA-256 of the secret, in hexadecimal.
CREATE TABLE operator_key (
  hash TEXT PRIMARY KEY,
  operator TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('SESSION', 'TOKEN')),
  label TEXT NOT NULL,
  made_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  used_ms INTEGER NOT NULL,
  address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
