import { ErrorCode, TavernClient } from "../src/index.js";
import type { Connector } from "../src/transport.js";
import { cutting, type Cuts } from "./cutting.js";
import { Dice } from "./dice.js";

export interface StormSettings {
  /** How a player reaches the server where they come first. */
  connect: (index: number) => Connector;
  sessions: number;
  /** Players are spread over these evenly. */
  rooms: number;
  /** For each session: how often its connection breaks, each time after a number of bytes that chance picks. */
  cuts: number;
  seed: number;
  /** Each connection breaks within so many bytes. */
  bytesMax?: number;
  /**
   * As many players, the first of each room, keep their connections. The others may be told that their room has gone on without
   * them (P-106), or that the session is lost (P-104): then they miss what is said until they are back.
   */
  witnesses?: number;
  /** How long it may take until all is well once no connection breaks any more; 90 s by default. */
  settleMs?: number;
  /** Is called when half of the connections that are to break have done so. */
  midway?: () => Promise<void>;
}

export interface StormReport {
  cuts: number;
  resumed: number;
  chats: number;
  heard: number;
  /** How often a player was told that the room had gone on without them. */
  gaps: number;
  /** Players whose session was lost. */
  lost: string[];
  whispers: number;
  moves: number;
  /** What should not have been; empty when all is well. */
  problems: string[];
}

/** Among the lines that a player has heard: the room went on without the player. */
const GAP = "…";
const PROBLEMS_MAX = 20;
const SETTLE_MS = 90_000;
const HEAR_MS_MAX = 10_000;
/** Below the server's limits of chats and moves a second. */
const ACTION_MS = 250;
const STEP = 16;

/**
 * Sessions whose connections break all the time, at any byte, while they talk and walk. Every line is heard once, in its
 * speaker's order, by everybody in the room and in the same order by all; every whisper once; and in the end everybody
 * sees everybody where they are.
 */
export async function storm(settings: StormSettings): Promise<StormReport> {
  const report: StormReport = { cuts: 0, resumed: 0, chats: 0, heard: 0, gaps: 0, lost: [], whispers: 0, moves: 0, problems: [] };
  const problem = (what: string) => {
    if (report.problems.length < PROBLEMS_MAX) {
      report.problems.push(what);
    }
  };
  const players = Array.from({ length: settings.sessions }, (_, i) => new Player(i, settings, report, problem));
  // In small groups, as a server takes them.
  for (let i = 0; i < players.length; i += 20) {
    await Promise.all(players.slice(i, i + 20).map((player) => player.enter()));
  }
  await Promise.all([...players.map((player) => player.play()), midway(players, settings)]);
  await Promise.all(players.map((player) => player.settle()));
  // What was answered to its speaker may still be on its way to others.
  const end = performance.now() + HEAR_MS_MAX;
  let wrong = check(players, settings, report);
  while (wrong.length > 0 && performance.now() < end) {
    await pause(ACTION_MS);
    wrong = check(players, settings, report);
  }
  wrong.forEach(problem);
  report.heard = players.reduce((sum, { lines }) => sum + lines.length, 0);
  players.forEach((player) => player.leave());
  return report;
}

async function midway(players: Player[], settings: StormSettings): Promise<void> {
  const half = ((players.length - (settings.witnesses ?? 0)) * settings.cuts) / 2;
  while (settings.midway && players.reduce((sum, { cutsDone }) => sum + cutsDone, 0) < half) {
    await pause(ACTION_MS);
  }
  await settings.midway?.();
}

class Player {
  readonly name: string;
  readonly room: string;
  readonly lines: string[] = [];
  readonly said: string[] = [];
  /** Of these lines and whispers nobody can say whether they were heard, for the room or the session was lost meanwhile. */
  readonly unsure = new Set<string>();
  readonly whispersHeard: string[] = [];
  readonly whispersSaid: { to: number; text: string }[] = [];
  readonly client: TavernClient;
  readonly #index: number;
  #isEntered = false;
  readonly #settings: StormSettings;
  readonly #report: StormReport;
  readonly #problem: (what: string) => void;
  readonly #dice: Dice;
  readonly #cuts: Cuts;
  #moved = 0;
  /** Requests that are not answered yet, and whether they must be. */
  readonly #open = new Map<string, () => boolean>();
  #place = { x: 0, y: 0 };
  /** Whether the room has gone on without this player, who was told so. */
  #isGone = false;
  /** Is called when that happens. */
  #lose = () => {};
  #lost = new Promise<void>((lose) => (this.#lose = lose));

  constructor(index: number, settings: StormSettings, report: StormReport, problem: (what: string) => void) {
    this.#index = index;
    this.#settings = settings;
    this.#report = report;
    this.#problem = (what) => problem(`${this.name}: ${what}`);
    this.#dice = new Dice(settings.seed * 1_000_003 + index);
    this.#cuts = { left: 0, done: 0 };
    this.name = playerName(index);
    this.room = `storm-${index % settings.rooms}`;
    this.client = new TavernClient({
      connect: cutting(settings.connect(index), this.#cuts, this.#dice, settings.bytesMax),
      token: this.name,
      backoff: { jitterMs: 40, minMs: 20, maxMs: 500 },
      // Longer than any run of broken connections: what is lost for good shows as a failure.
      requestMs: 60_000,
    });
    this.client.on("fault", (what) => this.#problem(what));
    this.client.on("closed", ({ error }) => error && this.#problem(`closed: ${error.message}`));
    this.client.on("error", ({ seq, error }) => {
      if (settings.witnesses && seq === 0 && error.code === ErrorCode.ROOM_CLOSED) {
        this.#gone();
      } else if (!settings.witnesses || error.code !== ErrorCode.GOING_AWAY) {
        this.#problem(`error: ${error.message}`);
      }
    });
    this.client.on("left", ({ room }) => this.#problem(`left ${room}`));
    this.client.on("room", () => this.#isGone && this.#isBack());
    this.client.on("welcome", ({ resumed }) => {
      if (resumed) {
        report.resumed++;
      } else if (!this.#isEntered) {
        this.#isEntered = true;
      } else if (settings.witnesses) {
        report.lost.push(this.name);
        this.#gone();
      } else {
        this.#problem("a session was lost");
      }
    });
    this.client.on("chat", ({ player, text }) => this.lines.push(`${player} ${text}`));
    this.client.on("whisper", ({ from, text }) => this.whispersHeard.push(`${from} ${text}`));
    this.client.on("moveRejected", () => this.#problem("a move was rejected"));
  }

  async enter(): Promise<void> {
    await this.client.connect();
    await this.client.join(this.room);
    this.#isBack();
  }

  #isBack(): void {
    this.#isGone = false;
    const { x, y } = this.client.room?.self ?? { x: 0, y: 0 };
    this.#place = { x, y };
  }

  #gone(): void {
    this.#isGone = true;
    this.#report.gaps++;
    this.lines.push(GAP);
    this.#lose();
    this.#lost = new Promise((lose) => (this.#lose = lose));
  }

  get cutsDone(): number {
    return this.#cuts.done;
  }

  /** Talks and walks until the connection has broken often enough. */
  async play(): Promise<void> {
    this.#cuts.left = this.#index < (this.#settings.witnesses ?? 0) ? 0 : this.#settings.cuts;
    while (this.#cuts.left > 0 && this.client.state !== "closed") {
      await pause(ACTION_MS * (0.5 + this.#dice.next()));
      if (this.client.isLive && this.client.room) {
        this.#act();
      }
    }
    this.#report.cuts += this.#cuts.done;
  }

  #act(): void {
    const what = this.#dice.below(4);
    if (what === 0) {
      const text = `line ${this.said.length}`;
      this.said.push(`${this.name} ${text}`);
      this.#report.chats++;
      this.#chat(text);
    } else if (what === 1) {
      const to = this.#dice.below(this.#settings.sessions);
      if (to !== this.#index) {
        const text = `whisper ${this.whispersSaid.length}`;
        this.whispersSaid.push({ to, text: `${this.name} ${text}` });
        this.#report.whispers++;
        this.#whisper(playerName(to), text);
      }
    } else {
      this.#walk();
    }
  }

  #chat(text: string): void {
    const isHeard = this.client.chat(text).then(
      () => true,
      () => false,
    );
    const isSure = Promise.race([isHeard, this.#lost.then(() => false)]);
    this.#sure(`chat "${text}"`, isSure.then((heard) => heard || this.unsure.add(`${this.name} ${text}`)));
  }

  #whisper(to: string, text: string): void {
    // That nobody of this name is here is an error, and P-22 lets an error be lost with its connection.
    const isExpected = () => !this.#report.lost.some((name) => name === to || name === this.name);
    const answer = this.client.whisper(to, text).catch(() => this.unsure.add(`${this.name} ${text}`));
    this.#sure(`whisper "${text}" to ${to}`, answer, isExpected);
  }

  /** Neither a chat nor a whisper may be lost: a resume brings the answer, or the client says it again. */
  #sure(what: string, answer: Promise<unknown>, isExpected = () => true): void {
    this.#open.set(what, isExpected);
    answer.catch((error: Error) => this.#problem(`${what}: ${error.message}`)).finally(() => this.#open.delete(what));
  }

  #walk(): void {
    const joined = this.client.room?.joined;
    const to = (at: number, max = 0) => Math.min(max, Math.max(0, at + (this.#dice.below(3) - 1) * STEP));
    const place = { x: to(this.#place.x, joined?.mapWidth), y: to(this.#place.y, joined?.mapHeight) };
    const seq = this.client.move(place.x, place.y);
    if (seq !== 0) {
      this.#moved = seq;
      this.#place = place;
      this.#report.moves++;
    }
  }

  /** The last steps, with nothing that breaks any more: then all that was said has time to be heard. */
  async settle(): Promise<void> {
    this.#cuts.left = 0;
    const end = performance.now() + (this.#settings.settleMs ?? SETTLE_MS);
    while (performance.now() < end && !this.#isSettled()) {
      if (this.client.isLive && this.client.room && this.client.room.self?.seq !== this.#moved) {
        // The last move was lost with its connection, or waits for its tick.
        this.#walk();
      }
      await pause(ACTION_MS);
    }
    if (!this.#isSettled()) {
      this.#problem(`not settled: ${this.client.state} in ${this.client.room?.name}, open: [${[...this.#open.keys()]}], move ${this.client.room?.self?.seq} of ${this.#moved}`);
    }
  }

  #isSettled(): boolean {
    return this.client.isLive && ![...this.#open.values()].some((isExpected) => isExpected()) && this.client.room?.self?.seq === this.#moved;
  }

  /** Where everybody is, as this player sees it. */
  get places(): Map<string, string> {
    return new Map([...(this.client.room?.entities.values() ?? [])].map(({ player, x, y }) => [player, `${x},${y}`]));
  }

  get place(): string {
    return `${this.#place.x},${this.#place.y}`;
  }

  leave(): void {
    this.client.close();
  }
}

function check(players: Player[], settings: StormSettings, { lost }: StormReport): string[] {
  const wrong: string[] = [];
  const problem = (what: string) => wrong.push(what);
  for (let i = 0; i < settings.rooms; i++) {
    const members = players.filter((_, index) => index % settings.rooms === i);
    // Who came later has not heard what was said before; but nobody says anything before all are there.
    const order = members[0]?.lines ?? [];
    for (const member of members) {
      if (!fits(member.lines, order)) {
        problem(`${member.name} heard ${member.lines.length} lines, and not what ${members[0]?.name} heard`);
      }
      if (member.unsure.size > 0 && !member.lines.includes(GAP)) {
        problem(`${member.name} lost answers to ${member.unsure.size} lines, and not the room`);
      }
      const isSure = (line: string) => !member.unsure.has(line);
      const ownLines = order.filter((line) => line.startsWith(`${member.name} `));
      if (ownLines.filter(isSure).join("\n") !== member.said.filter(isSure).join("\n")) {
        problem(`${member.name} said ${member.said.length} lines, of which ${ownLines.length} were heard, or not in order`);
      }
      const places = member.places;
      for (const other of members) {
        if (places.get(other.name) !== other.place) {
          problem(`${member.name} sees ${other.name} at ${places.get(other.name)} and not at ${other.place}`);
        }
      }
    }
  }
  players.forEach(({ name, whispersHeard }, index) => {
    const whispers = players.flatMap((from) =>
      from.whispersSaid.filter(({ to }) => to === index).map(({ text }) => ({ text, from })),
    );
    const heard = new Set(whispersHeard);
    const isSure = (from: Player, text: string) =>
      !lost.includes(name) && !(lost.includes(from.name) && from.unsure.has(text));
    const missed = whispers.filter(({ text, from }) => isSure(from, text) && (!heard.has(text) || from.unsure.has(text)));
    const isKnown = whispersHeard.every((text) => whispers.some((whisper) => whisper.text === text));
    if (missed.length > 0 || heard.size < whispersHeard.length || !isKnown) {
      problem(`${name} heard ${whispersHeard.length} of ${whispers.length} whispers, or they were not answered`);
    }
  });
  return wrong;
}

/** Whether these are all lines in their order, except for those that were said in gaps. */
function fits(lines: string[], order: string[]): boolean {
  let at = 0;
  let isGap = false;
  for (const line of lines) {
    if (line === GAP) {
      isGap = true;
      continue;
    }
    const found = order.indexOf(line, at);
    if (found < 0 || (found > at && !isGap)) {
      return false;
    }
    isGap = false;
    at = found + 1;
  }
  return isGap || at === order.length;
}

function playerName(index: number): string {
  return `p${index}`;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
