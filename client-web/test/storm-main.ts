// Runs a storm over TCP: node storm-main.js HOST PORT SESSIONS CUTS SEED [CERTIFICATE]. With the file of the server's certificate it
// runs over TLS, and trusts that one alone. Prints what happened, and exits with 0 if all is well.
import { readFileSync } from "node:fs";
import { tcp } from "../src/tcp.js";
import { storm } from "./storm.js";

const [host = "127.0.0.1", port, sessions, cuts, seed, certificate] = process.argv.slice(2);
const report = await storm({
  connect: () => tcp({ host, port: Number(port) }, certificate ? { ca: readFileSync(certificate) } : undefined),
  sessions: Number(sessions),
  rooms: Math.max(1, Math.floor(Number(sessions) / 10)),
  cuts: Number(cuts),
  seed: Number(seed),
});
console.log(JSON.stringify(report, undefined, 1));
process.exitCode = report.problems.length === 0 && report.chats > 0 && report.whispers > 0 && report.resumed > 0 ? 0 : 1;
