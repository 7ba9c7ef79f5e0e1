// node server.mjs FOLDER GROUP: transfers between accounts in SQLite. A request is two numbers of accounts, 32 bits each; its answer is
// one byte, after the flush. All that is asked on one connection is answered in order.
import Database from 'better-sqlite3';
import { createServer } from 'node:net';
import { renameSync, writeFileSync } from 'node:fs';

const ACCOUNTS = 100_000;
const [folder, group] = process.argv.slice(2);

const database = new Database(`${folder}/accounts.db`);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0))');
database.exec('CREATE TABLE ledger (id INTEGER PRIMARY KEY, source INTEGER NOT NULL, target INTEGER NOT NULL)');
const insert = database.prepare('INSERT INTO account VALUES (?, 1000000000)');
database.transaction(() => {
  for (let id = 0; id < ACCOUNTS; id++) insert.run(id);
})();

const take = database.prepare('UPDATE account SET balance = balance - 1 WHERE id = ?');
const give = database.prepare('UPDATE account SET balance = balance + 1 WHERE id = ?');
const note = database.prepare('INSERT INTO ledger (source, target) VALUES (?, ?)');
const transfer = (from, to) => {
  take.run(from);
  give.run(to);
  note.run(from, to);
};
const alone = database.transaction(transfer);
const together = database.transaction((requests) => {
  for (const { from, to } of requests) transfer(from, to);
});

const DONE = Buffer.from([1]);
let waiting = [];

function commit() {
  const requests = waiting;
  waiting = [];
  together(requests);
  const answers = new Map();
  for (const { socket } of requests) answers.set(socket, (answers.get(socket) ?? 0) + 1);
  for (const [socket, count] of answers) socket.write(Buffer.alloc(count, 1));
}

const server = createServer((socket) => {
  let rest = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    let at = 0;
    for (; at + 8 <= rest.length; at += 8) {
      const from = rest.readUInt32LE(at);
      const to = rest.readUInt32LE(at + 4);
      if (group === 'true') {
        if (waiting.push({ socket, from, to }) === 1) setImmediate(commit);
      } else {
        alone(from, to);
        socket.write(DONE);
      }
    }
    rest = rest.subarray(at);
  });
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(`${folder}/port.new`, String(server.address().port));
  renameSync(`${folder}/port.new`, `${folder}/port`);
});
