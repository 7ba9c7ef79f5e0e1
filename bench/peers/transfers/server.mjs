// node server.mjs FOLDER DATABASE GROUP: transfers between accounts in a database. A request is two numbers of accounts, 32 bits each; its
// answer is one byte, after the flush.
import { createServer } from 'node:net';
import { renameSync, writeFileSync } from 'node:fs';

const ACCOUNTS = 100_000;
const [folder, database, group] = process.argv.slice(2);
const { open } = await import(`./${database}.mjs`);
const { alone, together } = await open(folder, ACCOUNTS);

const DONE = Buffer.from([1]);
let waiting = [];
let isBusy = false;

async function commit() {
  while (waiting.length > 0) {
    const requests = waiting;
    waiting = [];
    await together(requests);
    const answers = new Map();
    for (const { socket } of requests) answers.set(socket, (answers.get(socket) ?? 0) + 1);
    for (const [socket, count] of answers) socket.write(Buffer.alloc(count, 1));
  }
  isBusy = false;
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
        waiting.push({ socket, from, to });
        if (!isBusy) {
          isBusy = true;
          setImmediate(commit);
        }
      } else {
        const done = alone(from, to);
        if (done) done.then(() => socket.write(DONE));
        else socket.write(DONE);
      }
    }
    rest = rest.subarray(at);
  });
});
server.listen(0, '127.0.0.1', () => {
  writeFileSync(`${folder}/port.new`, String(server.address().port));
  renameSync(`${folder}/port.new`, `${folder}/port`);
});
process.on('SIGINT', () => process.exit(0));
