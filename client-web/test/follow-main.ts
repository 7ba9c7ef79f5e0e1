// Two players in a realm of two servers: node follow-main.js HOST PORT OTHER_PORT OPS_URL OPS_TOKEN. Ben opens a room on the other server
// and talks all the time; Ann joins it by way of the first server. Then the other server is drained. Prints what they saw.
import { TavernClient } from "../src/index.js";
import { tcp } from "../src/tcp.js";

const ROOM = "far-room";
const LINES_BEFORE = 20;
const LINES_AFTER = 20;
const LINE_MS = 50;
const PATIENCE_MS = 60_000;

const [host = "127.0.0.1", port, otherPort, ops, token] = process.argv.slice(2);

interface Seen {
  /** The ports to which the player has connected, in this order. */
  ports: number[];
  resumed: boolean[];
  lines: string[];
  problems: string[];
}

function player(name: string, first: number): { client: TavernClient; seen: Seen } {
  const seen: Seen = { ports: [], resumed: [], lines: [], problems: [] };
  const connect = tcp({ host, port: first });
  const client = new TavernClient({
    token: name,
    connect: (listener, to) => {
      seen.ports.push(to?.port ?? first);
      return connect(listener, to);
    },
    requestMs: PATIENCE_MS,
  });
  client.on("welcome", ({ resumed }) => seen.resumed.push(resumed));
  client.on("chat", ({ player: speaker, text }) => seen.lines.push(`${speaker} ${text}`));
  client.on("left", ({ room }) => seen.problems.push(`left ${room}`));
  client.on("error", ({ error }) => seen.problems.push(`error: ${error.message}`));
  client.on("fault", (what) => seen.problems.push(what));
  client.on("closed", ({ error }) => error && seen.problems.push(`closed: ${error.message}`));
  return { client, seen };
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > end) {
      throw new Error(`not in time: ${what}`);
    }
    await pause(LINE_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const ben = player("ben", Number(otherPort));
await ben.client.connect();
await ben.client.join(ROOM);
const ann = player("ann", Number(port));
await ann.client.connect();
await ann.client.join(ROOM);

let said = 0;
let isTalking = true;
const talk = (async () => {
  while (isTalking) {
    await ben.client.chat(`line ${said++}`);
    await pause(LINE_MS);
  }
})();
await until("lines before", () => ann.seen.lines.length >= LINES_BEFORE);
const drain = await fetch(`${ops}/api/v1/drain`, {
  method: "POST",
  headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
  body: JSON.stringify({ reason: "new machine" }),
});
const isAway = (ports: number[]) => ports.at(-1) === Number(port);
await until("both are led away", () => isAway(ann.seen.ports.slice(1)) && isAway(ben.seen.ports));
const heardBefore = ann.seen.lines.length;
await until("lines after", () => ann.seen.lines.length >= heardBefore + LINES_AFTER);
isTalking = false;
await talk;
await ann.client.chat("that is all");
await until("the last line", () => [ann, ben].every(({ seen }) => seen.lines.at(-1) === "ann that is all"));
console.log(JSON.stringify({ drain: drain.status, said, ann: ann.seen, ben: ben.seen }));
ann.client.close();
ben.client.close();
