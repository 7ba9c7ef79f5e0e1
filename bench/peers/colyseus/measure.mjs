// node measure.mjs PLAYERS ROOM_SIZE MOVES_PER_SECOND WARM_UP_SECONDS SECONDS [CORES]: prints what an update of another
// player costs the server, as JSON. The server, not its clients, is kept on these cores.
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as pass } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Callbacks, Client } from "@colyseus/sdk";

const [players, roomSize, rate, warmUpSeconds, seconds] = process.argv.slice(2, 7).map(Number);
const cores = process.argv[7];
const STEP_MILLIS = 1;
const ORIGIN = 1000;
const SIDE = 200;

const server = fork(fileURLToPath(new URL("server.mjs", import.meta.url)));
server.once("exit", (code) => process.exit(code || 1));
const [{ port }] = await once(server, "message");
if (cores) {
  execFileSync("taskset", ["-acp", cores, String(server.pid)], { stdio: "ignore" });
}
let updates = 0;
const rooms = [];
for (let i = 0; i < players; i++) {
  const client = new Client(`ws://127.0.0.1:${port}`);
  const room = await client.joinOrCreate("hall", { number: Math.floor(i / roomSize), size: roomSize });
  const callbacks = Callbacks.get(room);
  callbacks.onAdd("players", (player, id) => {
    if (id !== room.sessionId) {
      callbacks.onChange(player, () => updates++);
    }
  });
  rooms.push(room);
}

// The same share of the players moves in every step, so that they do not all move at once.
let owed = 0;
let next = 0;
let moves = 0;
let last = performance.now();
setInterval(() => {
  const now = performance.now();
  owed = Math.min(owed + ((now - last) / 1000) * rate * players, players);
  last = now;
  for (; owed >= 1; owed--) {
    moves++;
    const at = Math.floor(moves / players);
    rooms[next].send("move", [ORIGIN + (at % SIDE), ORIGIN + (next % SIDE)]);
    next = (next + 1) % players;
  }
}, STEP_MILLIS);

async function cpuMicros() {
  server.send("cpu");
  return (await once(server, "message"))[0].cpuMicros;
}

await pass(warmUpSeconds * 1000);
const began = { cpu: await cpuMicros(), updates, moves, at: performance.now() };
await pass(seconds * 1000);
const cpu = (await cpuMicros()) - began.cpu;
const { version } = JSON.parse(readFileSync(new URL("node_modules/@colyseus/core/package.json", import.meta.url)));
console.log(
  JSON.stringify({
    version,
    node: process.version,
    players,
    seconds: (performance.now() - began.at) / 1000,
    moves: moves - began.moves,
    updates: updates - began.updates,
    cpuMicros: cpu,
  }),
);
server.removeAllListeners("exit");
server.kill();
process.exit(0);
