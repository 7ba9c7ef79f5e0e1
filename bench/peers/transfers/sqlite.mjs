// Accounts in SQLite, whose log is flushed at each commit.
import Database from 'better-sqlite3';

export function open(folder, accounts) {
  const database = new Database(`${folder}/accounts.db`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0))');
  database.exec('CREATE TABLE ledger (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, target INTEGER NOT NULL)');
  const insert = database.prepare('INSERT INTO account VALUES (?, 1000000000)');
  database.transaction(() => {
    for (let id = 0; id < accounts; id++) insert.run(id);
  })();

  const take = database.prepare('UPDATE account SET balance = balance - 1 WHERE id = ?');
  const give = database.prepare('UPDATE account SET balance = balance + 1 WHERE id = ?');
  const note = database.prepare('INSERT INTO ledger (source, target) VALUES (?, ?)');
  const transfer = (from, to) => {
    take.run(from);
    give.run(to);
    note.run(from, to);
  };
  return {
    alone: database.transaction(transfer),
    together: database.transaction((requests) => {
      for (const { from, to } of requests) transfer(from, to);
    }),
  };
}
