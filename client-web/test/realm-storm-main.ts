// Runs a storm in a realm of two servers, of which the other one is drained midway: node realm-storm-main.js HOST PORT OTHER_PORT OPS_URL
// OPS_TOKEN SESSIONS ROOMS CUTS SEED. Who knows no better comes to one of them and the other in turn, as by way of a load balancer. Prints
// what happened.
import { tcp } from "../src/tcp.js";
import { storm } from "./storm.js";

const [host = "127.0.0.1", port, otherPort, ops, token, ...numbers] = process.argv.slice(2);
const [sessions = 0, rooms = 1, cuts = 0, seed = 0] = numbers.map(Number);
let drain = 0;
const report = await storm({
  connect: (index) => {
    const connectors = [port, otherPort].map((each) => tcp({ host, port: Number(each) }));
    let next = index;
    return (listener, to) => connectors[to ? 0 : next++ % 2]!(listener, to);
  },
  sessions,
  rooms,
  cuts,
  seed,
  // Many break before their Welcome, so that one Redirect follows another.
  bytesMax: 350,
  witnesses: rooms,
  settleMs: 25_000,
  midway: async () => {
    const answer = await fetch(`${ops}/api/v1/drain`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ reason: "new machine" }),
    });
    drain = answer.status;
  },
});
console.log(JSON.stringify({ ...report, drain }, undefined, 1));
