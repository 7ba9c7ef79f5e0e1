// Runs a storm over WebSockets in a browser: /?url=…&sessions=…&cuts=…&seed=…; the report is in the page's stormReport.
import { webSocket } from "../src/index.js";
import { storm } from "./storm.js";

const settings = new URLSearchParams(location.search);
const number = (name: string) => Number(settings.get(name));

storm({
  connect: () => webSocket(settings.get("url") ?? ""),
  sessions: number("sessions"),
  rooms: Math.max(1, Math.floor(number("sessions") / 10)),
  cuts: number("cuts"),
  seed: number("seed"),
}).then(
  (report) => Object.assign(window, { stormReport: JSON.stringify(report) }),
  (error: unknown) => Object.assign(window, { stormReport: JSON.stringify({ problems: [String(error)] }) }),
);
