/** Raised by every change of the layout below; a file of another version is refused with a sentence. */
export const SCHEMA_VERSION = 2;

/**
 * The columns are what a person asks for and what an index needs, times as ISO text; `row` is the whole record in JSON and
 * alone is read back. `dueAt` of a run is empty when nothing is left to do, so its index holds open work only.
 */
export const tables = `
CREATE TABLE runs (
  key TEXT PRIMARY KEY, version INTEGER NOT NULL, scope TEXT NOT NULL, repo TEXT NOT NULL, status TEXT NOT NULL,
  reason TEXT NOT NULL, job TEXT NOT NULL, instance TEXT, pushId TEXT, createdAt TEXT NOT NULL, dueAt TEXT,
  endedAt TEXT, expiresAt TEXT, row TEXT NOT NULL
) STRICT;
CREATE INDEX runs_due ON runs (dueAt) WHERE dueAt IS NOT NULL;
CREATE INDEX runs_open ON runs (scope) WHERE endedAt IS NULL;
CREATE INDEX runs_new ON runs (createdAt);
CREATE INDEX runs_of_push ON runs (pushId, createdAt);

CREATE TABLE machines (
  instanceId TEXT PRIMARY KEY, version INTEGER NOT NULL, forge TEXT NOT NULL, repo TEXT NOT NULL, profile TEXT NOT NULL,
  runKey TEXT NOT NULL, runnerName TEXT NOT NULL, tokenHash TEXT NOT NULL, claimedAt TEXT NOT NULL, deadline TEXT NOT NULL,
  endedAt TEXT, row TEXT NOT NULL
) STRICT;
CREATE INDEX machines_by_runner ON machines (runnerName, forge);
CREATE INDEX machines_by_token ON machines (tokenHash);
CREATE INDEX machines_live ON machines (instanceId) WHERE endedAt IS NULL;

CREATE TABLE launches (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, profile TEXT NOT NULL, scope TEXT NOT NULL, count INTEGER NOT NULL,
  outcome TEXT NOT NULL, createdAt TEXT NOT NULL, deadline TEXT NOT NULL, row TEXT NOT NULL
) STRICT;

CREATE TABLE adoptions (jobKey TEXT PRIMARY KEY, runKey TEXT NOT NULL, at TEXT NOT NULL) STRICT;

CREATE TABLE deliveries (
  forge TEXT NOT NULL, id TEXT NOT NULL, event TEXT NOT NULL, repo TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT,
  at TEXT NOT NULL, row TEXT NOT NULL, PRIMARY KEY (forge, id)
) STRICT;

CREATE TABLE decisions (
  forge TEXT NOT NULL, pushId TEXT NOT NULL, repo TEXT NOT NULL, event TEXT NOT NULL, ref TEXT NOT NULL, at TEXT NOT NULL,
  row TEXT NOT NULL, PRIMARY KEY (forge, pushId)
) STRICT;
CREATE INDEX decisions_new ON decisions (at);

CREATE TABLE repositories (
  forge TEXT NOT NULL, repoId TEXT NOT NULL, repo TEXT NOT NULL, sendsJobEvents INTEGER NOT NULL, row TEXT NOT NULL,
  PRIMARY KEY (forge, repoId)
) STRICT;

CREATE TABLE deploys (
  id TEXT PRIMARY KEY, version INTEGER NOT NULL, app TEXT NOT NULL, env TEXT NOT NULL, tag TEXT, status TEXT NOT NULL,
  reason TEXT NOT NULL, askedBy TEXT NOT NULL, createdAt TEXT NOT NULL, dueAt TEXT, endedAt TEXT, row TEXT NOT NULL
) STRICT;
CREATE INDEX deploys_due ON deploys (dueAt) WHERE dueAt IS NOT NULL;
CREATE INDEX deploys_new ON deploys (createdAt);

CREATE TABLE deployAudit (
  n INTEGER PRIMARY KEY AUTOINCREMENT, deployId TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL, row TEXT NOT NULL
) STRICT;
CREATE INDEX deployAudit_of ON deployAudit (deployId, n);
CREATE TRIGGER deployAudit_unchanged BEFORE UPDATE ON deployAudit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER deployAudit_kept BEFORE DELETE ON deployAudit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE TABLE environments (
  app TEXT NOT NULL, env TEXT NOT NULL, version INTEGER NOT NULL, fence INTEGER NOT NULL, desiredTag TEXT, operation TEXT,
  row TEXT NOT NULL, PRIMARY KEY (app, env)
) STRICT;

CREATE TABLE apiTokens (name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, row TEXT NOT NULL) STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, sentAt TEXT NOT NULL, dueAt TEXT NOT NULL,
  receiveCount INTEGER NOT NULL, held INTEGER NOT NULL
) STRICT;
CREATE INDEX messages_due ON messages (dueAt);

CREATE TABLE deadLetters (id INTEGER PRIMARY KEY, body TEXT NOT NULL, reason TEXT NOT NULL, diedAt TEXT NOT NULL) STRICT;
`;
