// node load.mjs PORT SECONDS SKEW: keeps 40 transfers under way on each of 64 connections, and prints how many a second are answered.
import { connect } from 'node:net';

const CONNECTIONS = 64;
const UNDER_WAY = 40;
const ACCOUNTS = 100_000;
const [port, seconds, skew] = process.argv.slice(2).map(Number);

const sums = new Float64Array(ACCOUNTS);
let sum = 0;
for (let i = 0; i < ACCOUNTS; i++) sums[i] = sum += (i + 1) ** -skew;

function account() {
  const drawn = Math.random() * sum;
  let low = 0;
  let high = ACCOUNTS - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle] > drawn) high = middle;
    else low = middle + 1;
  }
  return low;
}

function requests(count) {
  const bytes = Buffer.alloc(8 * count);
  for (let i = 0; i < count; i++) {
    const from = account();
    let to = account();
    while (to === from) to = account();
    bytes.writeUInt32LE(from, 8 * i);
    bytes.writeUInt32LE(to, 8 * i + 4);
  }
  return bytes;
}

let answered = 0;
for (let i = 0; i < CONNECTIONS; i++) {
  const socket = connect(port, '127.0.0.1', () => socket.write(requests(UNDER_WAY)));
  socket.setNoDelay(true);
  socket.on('data', (answers) => {
    answered += answers.length;
    socket.write(requests(answers.length));
  });
  for (const end of ['error', 'close']) {
    socket.on(end, () => {
      console.error('the server has closed a connection');
      process.exit(1);
    });
  }
}

setTimeout(() => {
  const before = answered;
  const began = performance.now();
  setTimeout(() => {
    const perSecond = (answered - before) / ((performance.now() - began) / 1_000);
    console.log(`${Math.round(perSecond).toLocaleString('en')} transfers per second`);
    process.exit(0);
  }, seconds * 1_000);
}, seconds * 200);
