import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type StringValue, StringValueSchema } from "@bufbuild/protobuf/wkt";
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ConnectionLostError, ErrorCode, protobufGame, TavernClient, TavernError } from "../src/index.js";
import { frame } from "../src/frames.js";
import type { ClientMessage } from "../src/gen/tavern/v1/client_pb.js";
import { ServerMessageSchema, type SnapshotSchema } from "../src/gen/tavern/v1/server_pb.js";
import { type MemoryConnection, MemoryServer, until } from "./memory-server.js";

type Client = TavernClient<StringValue, StringValue>;
type BodyCase = ClientMessage["body"]["case"];
type Body<C extends BodyCase> = Extract<ClientMessage["body"], { case: C }>["value"];

const TOKEN = new TextEncoder().encode("token");
const BACKOFF = { jitterMs: 5, minMs: 5, maxMs: 20 };

class Play {
  readonly server = new MemoryServer();
  readonly client: Client;
  readonly told: string[] = [];

  constructor(context: TestContext, options: { reconnect?: boolean; requestMs?: number } = {}) {
    this.client = new TavernClient({
      connect: this.server.connect,
      token: async () => "ann",
      game: protobufGame(StringValueSchema, StringValueSchema),
      backoff: BACKOFF,
      ...options,
    });
    context.after(() => this.client.close());
    this.client.on("chat", ({ text }) => this.told.push(text));
    this.client.on("fault", (what) => this.told.push(`fault: ${what}`));
    this.client.on("closed", ({ error }) => this.told.push(`closed: ${error?.message}`));
    this.client.on("left", ({ room, error }) => this.told.push(`left ${room}: ${error?.message}`));
  }

  get roomName(): string | undefined {
    return this.client.room?.name;
  }

  get here(): MemoryConnection {
    return this.server.last;
  }

  /** Waits for the client's next message, which must have this body. */
  async hears<C extends BodyCase>(body: C): Promise<{ seq: number; value: Body<C> }> {
    await until(`a ${body}`, () => this.server.connections.length > 0 && this.here.received.length > 0);
    const message = this.here.next();
    assert.equal(message.body.case, body);
    return { seq: message.seq, value: message.body.value as Body<C> };
  }

  says(message: MessageInitShape<typeof ServerMessageSchema>): void {
    this.here.send(message);
  }

  welcomes(replyTo: number, welcome: { resumed?: boolean; lastClientSeq?: number; idleMs?: number; resumeMs?: number } = {}): void {
    const { idleMs = 15_000, ...rest } = welcome;
    const value = { player: "ann", resumeToken: TOKEN, serverTimeMs: 1_000n, limits: { idleMs }, ...rest };
    this.says({ replyTo, body: { case: "welcome", value } });
    if (!welcome.resumed) {
      this.says({ body: { case: "inventoryPage", value: { part: { version: 1n }, last: true } } });
    }
  }

  refuses(replyTo: number, code: ErrorCode, retryAfterMs = 0): void {
    this.says({ replyTo, body: { case: "error", value: { code, text: "no", retryAfterMs } } });
  }

  async enters(room: string, welcome: { idleMs?: number; resumeMs?: number } = {}): Promise<void> {
    const connected = this.client.connect();
    this.welcomes((await this.hears("hello")).seq, welcome);
    await connected;
    const joined = this.client.join(room, { type: "cards", ticket: TOKEN });
    this.seats((await this.hears("joinRoom")).seq, room);
    await joined;
  }

  seats(replyTo: number, room: string, roomSeq = 10n): void {
    const value = { room, type: "cards", self: 1, state: { entities: [{ id: 1, player: "ann" }] } };
    this.says({ replyTo, roomSeq, body: { case: "joined", value } });
  }

  chats(roomSeq: bigint, text: string): void {
    this.says({ roomSeq, body: { case: "chat", value: { player: "ben", text } } });
  }
}

async function fate(request: Promise<unknown>): Promise<unknown> {
  return request.then((value) => value, (error: unknown) => error);
}

test("P-20 to P-22: a lost connection is resumed, and each request has the fate that it should", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  play.chats(11n, "one");
  const [chat, list] = [play.client.chat("mine"), fate(play.client.list())];
  const chatSeq = (await play.hears("chat")).seq;
  const listSeq = (await play.hears("listRooms")).seq;
  const whisper = play.client.whisper("ben", "psst");
  await play.hears("whisper");
  play.here.drop();

  const hello = await play.hears("hello");
  const { resumeToken, lastRoom, lastRoomSeq, lastSessionSeq } = hello.value;
  assert.deepEqual({ resumeToken, lastRoom, lastRoomSeq, lastSessionSeq }, {
    resumeToken: TOKEN, lastRoom: "hall", lastRoomSeq: 11n, lastSessionSeq: 0n,
  });
  play.welcomes(hello.seq, { resumed: true, lastClientSeq: listSeq });
  assert.ok((await list) instanceof ConnectionLostError);
  const again = await play.hears("whisper");
  assert.ok(again.seq > hello.seq);
  play.says({ roomSeq: 12n, body: { case: "chat", value: { player: "ann", text: "mine", clientSeq: chatSeq } } });
  play.says({ body: { case: "fullState", value: { entities: [{ id: 2, player: "ben" }] } } });
  play.says({ body: { case: "replayed", value: {} } });
  play.says({ replyTo: again.seq, sessionSeq: 1n, body: { case: "whisperDelivered", value: { to: "ben" } } });
  assert.equal((await chat).text, "mine");
  assert.equal((await whisper).to, "ben");
  assert.deepEqual([...(play.client.room?.entities.keys() ?? [])], [2]);
  assert.deepEqual(play.told, ["one", "mine"]);
});

test("P-21: an event that comes again is not told again, and a gap is a fault", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  play.chats(11n, "one");
  play.chats(11n, "one");
  play.chats(13n, "three");
  assert.deepEqual(play.told, [
    "one", "fault: the room event 11 came after 11", "fault: the room event 13 came after 11", "three",
  ]);
});

test("a session that is lost rejects what was open, and its room is joined again as before", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const chat = fate(play.client.chat("mine"));
  await play.hears("chat");
  play.here.drop();
  play.welcomes((await play.hears("hello")).seq);
  assert.ok((await chat) instanceof ConnectionLostError);
  assert.equal(play.roomName, undefined);
  const first = await play.hears("joinRoom");
  assert.deepEqual([first.value.room, first.value.type, first.value.ticket], ["hall", "cards", TOKEN]);
  play.refuses(first.seq, ErrorCode.UNAVAILABLE, 1);
  play.seats((await play.hears("joinRoom")).seq, "hall");
  assert.equal(play.roomName, "hall");

  play.here.drop();
  play.welcomes((await play.hears("hello")).seq);
  play.refuses((await play.hears("joinRoom")).seq, ErrorCode.ROOM_FULL);
  await until("told", () => play.told.length > 0);
  assert.deepEqual(play.told, ["left hall: ROOM_FULL: no"]);
});

test("P-29: a room that has gone to another server is joined again", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  play.refuses(0, ErrorCode.ROOM_CLOSED);
  assert.equal(play.roomName, undefined);
  play.seats((await play.hears("joinRoom")).seq, "hall");
  assert.equal(play.roomName, "hall");
});

test("P-16: a join follows a redirect with its ticket, and gives up when there are too many", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const ticket = new TextEncoder().encode("ticket");
  const redirect = (replyTo: number, port: number) =>
    play.says({ replyTo, body: { case: "redirect", value: { host: "there", port, ticket, room: "market" } } });

  const joined = play.client.join("market");
  const { seq } = await play.hears("joinRoom");
  play.says({ body: { case: "left", value: { room: "hall" } } });
  redirect(seq, 7);
  const old = play.server.connections[0]!;
  await until("the next connection", () => play.server.connections.length === 2);
  assert.deepEqual(old.received, []);
  assert.ok(old.isClosed);
  assert.deepEqual(play.here.to, { host: "there", port: 7 });
  const hello = await play.hears("hello");
  assert.deepEqual([hello.value.resumeToken, hello.value.lastRoom], [ticket, ""]);
  play.welcomes(hello.seq, { resumed: true, lastClientSeq: hello.seq - 1 });
  play.says({ body: { case: "replayed", value: {} } });
  play.seats((await play.hears("joinRoom")).seq, "market", 3n);
  assert.equal((await joined).name, "market");

  const lost = fate(play.client.join("nowhere"));
  // It was sent on once before.
  for (let i = 0; i < 4; i++) {
    redirect((await play.hears("joinRoom")).seq, i);
    await until("the next connection", () => play.server.connections.length === 3 + i);
    play.welcomes((await play.hears("hello")).seq);
  }
  redirect((await play.hears("joinRoom")).seq, 9);
  assert.match(String(await lost), /sent on 5 times within 10 s/);
  assert.ok(play.client.isLive);
});

test("P-106: a client that is sent away goes with its session and comes to its seat", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  play.chats(11n, "one");
  const ticket = new TextEncoder().encode("ticket");
  play.says({ body: { case: "redirect", value: { host: "there", port: 7, ticket, room: "hall" } } });
  await until("the next connection", () => play.server.connections.length === 2);
  const hello = await play.hears("hello");
  const { resumeToken, lastRoom, lastRoomSeq } = hello.value;
  assert.deepEqual({ resumeToken, lastRoom, lastRoomSeq }, { resumeToken: ticket, lastRoom: "hall", lastRoomSeq: 11n });
  play.welcomes(hello.seq, { resumed: true, lastClientSeq: hello.seq - 1 });
  play.chats(12n, "two");
  play.says({ body: { case: "replayed", value: {} } });
  assert.equal(play.roomName, "hall");

  // The next time no seat has waited.
  play.says({ body: { case: "redirect", value: { host: "there", port: 8, ticket, room: "hall" } } });
  await until("the next connection", () => play.server.connections.length === 3);
  play.welcomes((await play.hears("hello")).seq, { resumed: true });
  play.says({ body: { case: "left", value: { room: "hall" } } });
  play.says({ body: { case: "replayed", value: {} } });
  const join = await play.hears("joinRoom");
  assert.deepEqual([join.value.room, join.value.type, join.value.ticket], ["hall", "cards", TOKEN]);
  play.seats(join.seq, "hall");
  assert.equal(play.roomName, "hall");
});

test("P-106: a client whose session is lost on the way elsewhere joins its room there", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const ticket = new TextEncoder().encode("ticket");
  for (const room of ["hall", "market"]) {
    const next = play.server.connections.length + 1;
    play.says({ body: { case: "redirect", value: { host: "there", port: 7, ticket, room } } });
    await until("the next connection", () => play.server.connections.length === next);
    play.welcomes((await play.hears("hello")).seq, { resumed: false });
    const join = await play.hears("joinRoom");
    assert.deepEqual([join.value.room, join.value.type], room === "hall" ? ["hall", "cards"] : ["market", ""]);
    play.seats(join.seq, room);
    assert.equal(play.roomName, room);
  }
});

test("who joins a room by itself is not led back to the one before", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const joins: Promise<unknown>[] = [];
  play.client.on("welcome", () => joins.push(fate(play.client.join("market"))));
  play.here.drop();
  play.welcomes((await play.hears("hello")).seq);
  const join = await play.hears("joinRoom");
  assert.equal(join.value.room, "market");
  play.seats(join.seq, "market");
  await joins[0];
  assert.deepEqual(play.here.received, []);

  // A join that is refused leaves the player where they were.
  play.here.drop();
  play.welcomes((await play.hears("hello")).seq);
  play.refuses((await play.hears("joinRoom")).seq, ErrorCode.ROOM_FULL);
  assert.match(String(await joins[1]), /ROOM_FULL/);
  const back = await play.hears("joinRoom");
  assert.equal(back.value.room, "market");
  play.seats(back.seq, "market");
  assert.equal(play.roomName, "market");
});

test("a session that waits without a connection is ended by close, and what waits for it fails", async (context) => {
  const play = new Play(context, { reconnect: false });
  await play.enters("hall");
  const said = fate(play.client.say(create(StringValueSchema, { value: "pass" })));
  await play.hears("custom");
  play.here.drop();
  assert.equal(play.client.state, "closed");
  assert.deepEqual(play.told, []);
  play.client.close();
  assert.match(String(await said), /the session ended/);
  assert.deepEqual(play.told, ["closed: undefined"]);
});

test("P-81: who is put out of a room hears it, and does not join again", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  play.client.on("error", ({ seq, error }) => play.told.push(`error ${seq}: ${error.message}`));
  play.refuses(0, ErrorCode.NOT_ALLOWED);
  play.says({ body: { case: "left", value: { room: "hall" } } });
  assert.deepEqual(play.told, ["error 0: NOT_ALLOWED: no", "left hall: undefined"]);
  assert.equal(play.roomName, undefined);
  play.here.drop();
  const hello = await play.hears("hello");
  assert.equal(hello.value.lastRoom, "");
  play.welcomes(hello.seq, { resumed: true, lastClientSeq: hello.seq - 1 });
  play.says({ body: { case: "replayed", value: {} } });
  assert.deepEqual(play.here.received, []);
});

test("P-102: a server that is full sends the client on, with its session if it has one", async (context) => {
  const play = new Play(context);
  const connected = play.client.connect();
  const full = async (port: number) => {
    const { seq, value } = await play.hears("hello");
    const connections = play.server.connections.length;
    play.says({ replyTo: seq, body: { case: "redirect", value: { host: "there", port } } });
    await until("the next connection", () => play.server.connections.length > connections);
    assert.deepEqual({ ...play.here.to }, { host: "there", port });
    return value.resumeToken;
  };
  assert.equal((await full(7)).length, 0);
  play.welcomes((await play.hears("hello")).seq);
  await connected;

  play.here.drop();
  assert.deepEqual(await full(8), TOKEN);
  const hello = await play.hears("hello");
  assert.deepEqual(hello.value.resumeToken, TOKEN);
  play.welcomes(hello.seq, { resumed: true });
  assert.equal(play.client.state, "live");
});

test("P-106: a first connection that is sent to and fro fails", async (context) => {
  const play = new Play(context);
  const connected = fate(play.client.connect());
  for (let port = 1; port <= 6; port++) {
    const { seq } = await play.hears("hello");
    play.says({ replyTo: seq, body: { case: "redirect", value: { host: "there", port } } });
  }
  assert.match(String(await connected), /sent on 5 times within 10 s/);
  assert.equal(play.client.state, "closed");
});

test("P-106: who is sent to and fro rests, and loses neither the session nor the room", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const ticket = new TextEncoder().encode("ticket");
  play.here.drop();
  for (let port = 1; port <= 6; port++) {
    const { seq, value } = await play.hears("hello");
    assert.deepEqual([value.follows, value.resumeToken], [true, port === 1 ? TOKEN : ticket]);
    play.says({ replyTo: seq, body: { case: "redirect", value: { host: "there", port, ticket } } });
  }
  assert.equal(play.client.state, "waiting");
  play.client.retryNow();
  const home = await play.hears("hello");
  assert.equal(play.here.to, undefined);
  assert.deepEqual([home.value.follows, home.value.resumeToken, home.value.lastRoom], [true, TOKEN, "hall"]);
  play.welcomes(home.seq, { resumed: true });
  play.says({ body: { case: "replayed", value: {} } });

  // Unasked too: the seat is elsewhere, and the room is joined if the session comes to it without the seat.
  const causes: unknown[] = [];
  play.client.on("disconnected", ({ cause }) => causes.push(cause?.message));
  play.says({ body: { case: "redirect", value: { host: "there", port: 7, ticket, room: "hall" } } });
  const once = await play.hears("hello");
  assert.equal(play.server.last.to?.port, 7);
  play.welcomes(once.seq, { resumed: true });
  play.says({ body: { case: "redirect", value: { host: "there", port: 8, ticket, room: "hall" } } });
  assert.deepEqual([play.client.state, causes], ["waiting", ["sent on 5 times within 10 s"]]);
  play.client.retryNow();
  const again = await play.hears("hello");
  assert.deepEqual([again.value.resumeToken, again.value.lastRoom], [TOKEN, "hall"]);
  play.welcomes(again.seq, { resumed: true });
  play.says({ body: { case: "left", value: { room: "hall" } } });
  play.says({ body: { case: "replayed", value: {} } });
  assert.equal((await play.hears("joinRoom")).value.room, "hall");
});

test("P-106: a connection by hand waits until the rest is over too, and the session waits longer", async (context) => {
  const play = new Play(context, { reconnect: false });
  await play.enters("hall", { resumeMs: 2_000 });
  play.here.drop();
  const begun = performance.now();
  const vain = fate(play.client.connect());
  for (let port = 1; port <= 6; port++) {
    const { seq } = await play.hears("hello");
    play.says({ replyTo: seq, body: { case: "redirect", value: { host: "there", port, ticket: TOKEN } } });
  }
  assert.match(String(await vain), /sent on 5 times within 10 s/);
  const tired = performance.now();
  const { connections } = play.server;
  const before = connections.length;
  const connected = play.client.connect();
  assert.deepEqual([play.client.state, connections.length], ["waiting", before]);
  await until("the next connection", () => connections.length > before);
  const now = performance.now();
  assert.ok(now - tired > 900 && now - begun < 10_000, `${now - tired} of ${now - begun} ms`);
  const { seq, value } = await play.hears("hello");
  assert.deepEqual([value.resumeToken, value.lastRoom], [TOKEN, "hall"]);

  // It may be sent on once more, and then rests again.
  play.says({ replyTo: seq, body: { case: "redirect", value: { host: "there", port: 7, ticket: TOKEN } } });
  const { seq: next } = await play.hears("hello");
  play.says({ replyTo: next, body: { case: "redirect", value: { host: "there", port: 8, ticket: TOKEN } } });
  assert.match(String(await fate(connected)), /sent on 5 times within 10 s/);
  const closed = fate(play.client.connect());
  assert.equal(play.client.state, "waiting");
  play.client.close();
  assert.ok((await closed) instanceof ConnectionLostError);
  assert.equal(play.client.state, "closed");
});

test("P-104: attempts go to the client's own server and to the one where it was sent last in turn", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const there = { host: "there", port: 7 };
  play.says({ body: { case: "redirect", value: { ...there, ticket: TOKEN, room: "hall" } } });
  await until("the next connection", () => play.server.connections.length === 2);
  play.here.drop();
  for (const to of [undefined, there, undefined, there]) {
    const hello = await play.hears("hello");
    assert.deepEqual([play.here.to, hello.value.resumeToken], [to, TOKEN]);
    play.here.drop();
  }
});

test("P-11: a part of a message is a sign of life", async (context) => {
  const play = new Play(context);
  await play.enters("hall", { idleMs: 1_500 });
  const chat = toBinary(
    ServerMessageSchema,
    create(ServerMessageSchema, { roomSeq: 11n, body: { case: "chat", value: { player: "ben", text: "slow" } } }),
  );
  for (const byte of frame(chat)) {
    // Each with a ping, so that the whole takes far longer than a silence may.
    play.here.sendFrame(Uint8Array.of(byte));
    await play.hears("ping");
  }
  assert.deepEqual(play.told, ["slow"]);
});

test("a server that sends rubbish is left, and the session goes on with the next connection", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const causes: unknown[] = [];
  play.client.on("disconnected", ({ cause }) => causes.push(cause?.message));
  play.here.sendFrame(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff));
  assert.deepEqual(causes, ["a frame whose length is no varint32"]);
  play.welcomes((await play.hears("hello")).seq, { resumed: true });
  play.here.sendFrame(Uint8Array.of(4, 0x2a, 0x7f, 0x0a, 0x7f));
  assert.equal(causes.length, 2);
  assert.equal(play.roomName, "hall");
});

test("P-40: what ends the session is not followed by another login", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const chat = fate(play.client.chat("mine"));
  await play.hears("chat");
  play.refuses(0, ErrorCode.SESSION_REPLACED);
  assert.ok((await chat) instanceof ConnectionLostError);
  assert.equal(play.client.state, "closed");
  assert.deepEqual(play.told, ["closed: SESSION_REPLACED: no"]);
  await new Promise((resolve) => setTimeout(resolve, 5 * BACKOFF.maxMs));
  assert.equal(play.server.connections.length, 1);
  assert.ok((await fate(play.client.chat("more"))) instanceof ConnectionLostError);
});

test("a first connection that fails says why; a later one is tried until it succeeds", async (context) => {
  const play = new Play(context);
  const connected = fate(play.client.connect());
  play.refuses((await play.hears("hello")).seq, ErrorCode.UNAVAILABLE, 1);
  const refused = await connected;
  assert.ok(refused instanceof TavernError && refused.isNotNow);
  assert.equal(play.client.state, "closed");

  await play.enters("hall");
  play.here.drop();
  // P-20: whichever of them the server has heard, the Welcome must tell what it had received before the first.
  const seqs: number[] = [];
  for (let i = 0; i < 3; i++) {
    seqs.push((await play.hears("hello")).seq);
    play.here.drop();
  }
  play.refuses((await play.hears("hello")).seq, ErrorCode.SESSION_REPLACED);
  const { seq, value } = await play.hears("hello");
  assert.deepEqual(seqs, [seq, seq, seq]);
  assert.deepEqual(value.resumeToken, TOKEN);
  play.welcomes(seq, { resumed: true });
  assert.equal(play.client.state, "live");
});

test("a server that does not answer the hello, or falls silent, counts as lost", async (context) => {
  const play = new Play(context, { requestMs: 50 });
  const connected = fate(play.client.connect());
  await play.hears("hello");
  assert.match(String(await connected), /no welcome within 50 ms/);

  await play.enters("hall", { idleMs: 4_000 });
  const causes: unknown[] = [];
  play.client.on("disconnected", ({ cause }) => causes.push(cause?.message));
  await play.hears("ping");
  await until("left", () => causes.length > 0);
  assert.deepEqual(causes, ["the server was silent for 4000 ms"]);
});

test("without reconnecting, a lost session waits for the program", async (context) => {
  const play = new Play(context, { reconnect: false });
  await play.enters("hall");
  play.client.drop();
  assert.equal(play.client.state, "closed");
  assert.equal(play.roomName, "hall");
  const connected = play.client.connect();
  const hello = await play.hears("hello");
  assert.deepEqual(hello.value.resumeToken, TOKEN);
  play.welcomes(hello.seq, { resumed: true });
  assert.ok((await connected).resumed);
});

test("P-82: what is said to a game is carried out once, over a resume and over a lost session", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const said = (value: string) => play.client.say(create(StringValueSchema, { value }));
  const [one, two] = [said("one"), said("two")];
  const first = await play.hears("custom");
  play.here.drop();

  // The server has received it, but its answer is not among what is replayed.
  const hello = await play.hears("hello");
  play.welcomes(hello.seq, { resumed: true, lastClientSeq: first.seq });
  assert.equal(play.here.received.length, 0);
  play.says({ body: { case: "replayed", value: {} } });
  const again = await play.hears("custom");
  assert.equal(again.value.request, first.value.request);
  play.refuses(again.seq, ErrorCode.BUSY, 1);
  const third = await play.hears("custom");
  play.says({ replyTo: third.seq, sessionSeq: 1n, body: { case: "turnDone", value: {} } });
  await one;

  const second = await play.hears("custom");
  assert.ok(second.value.request > first.value.request);
  play.here.drop();
  play.welcomes((await play.hears("hello")).seq);
  play.seats((await play.hears("joinRoom")).seq, "hall");
  const repeated = await play.hears("custom");
  assert.equal(repeated.value.request, second.value.request);
  play.refuses(repeated.seq, ErrorCode.NOT_ALLOWED);
  const refused = await fate(two);
  assert.ok(refused instanceof TavernError && refused.code === ErrorCode.NOT_ALLOWED);
});

test("P-83 to P-86: NPCs come, change and go, and what is good for the moment only is told apart", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const heard: string[] = [];
  const { client } = play;
  client.on("moved", ({ id, x }) => heard.push(`${id} is at ${x}`));
  client.on("cameIntoView", ({ id, kind, attributes }) => heard.push(`${id} of kind ${kind} came with ${attributes}`));
  client.on("wentOutOfView", ({ id }) => heard.push(`${id} went`));
  client.on("attribute", ({ entity: { id, attributes }, attribute, before }) =>
    heard.push(`${id}.${attribute} from ${before} to ${attributes[attribute]}`),
  );
  client.on("snapshot", ({ entities }) => heard.push(`${entities.size} here`));
  client.on("told", ({ value }) => heard.push(`told ${value}`));
  client.on("hinted", ({ value }) => heard.push(`hinted ${value}`));
  const snapshot = (value: MessageInitShape<typeof SnapshotSchema>) => play.says({ body: { case: "snapshot", value } });
  const custom = (value: string, number: { roomSeq?: bigint; sessionSeq?: bigint } = {}) => {
    const payload = toBinary(StringValueSchema, create(StringValueSchema, { value }));
    play.says({ ...number, body: { case: "custom", value: { payload } } });
  };

  snapshot({
    appearedIds: [65], appearedKinds: [2], appearedXs: [300], appearedYs: [20],
    changedIds: [1, 64], changedAttributes: [0, 0], changedValues: [3n, 100n],
  });
  custom("boom");
  snapshot({ ids: [65], xs: [4], ys: [0], seqs: [0], changedIds: [65], changedAttributes: [0], changedValues: [-1n] });
  snapshot({ vanishedIds: [65] });
  custom("to all", { roomSeq: 11n });
  custom("to one", { sessionSeq: 1n });
  assert.deepEqual(heard, [
    "65 of kind 2 came with 100", "1.0 from 0 to 3", "2 here", "hinted boom",
    "65 is at 304", "65.0 from 100 to 99", "2 here", "65 went", "1 here", "told to all", "told to one",
  ]);
  assert.deepEqual(play.told, []);
});

test("what cannot be sent rejects and uses up no number; nothing is sent in a room that was left", async (context) => {
  const play = new Play(context);
  await play.enters("hall");
  const ping = await (fate(play.client.ping()), play.hears("ping"));
  assert.ok((await fate(play.client.offer({ to: "ben", give: { stacks: { gold: 2n ** 64n } } }))) instanceof Error);
  assert.ok((await fate(play.client.offer({ to: "ben", give: { stacks: { gold: 1.5 } } }))) instanceof RangeError);
  play.client.move(1, 2);
  assert.equal((await play.hears("move")).seq, ping.seq + 1);
  play.says({ body: { case: "left", value: { room: "hall" } } });
  const said = await fate(play.client.say(create(StringValueSchema, { value: "deal" })));
  assert.ok(said instanceof TavernError && said.code === ErrorCode.NOT_IN_ROOM);
});

test("requests that wait are bounded", async (context) => {
  const play = new Play(context, { requestMs: 1_500 });
  await play.enters("hall");
  const all = Array.from({ length: 1_024 }, () => fate(play.client.ping()));
  assert.match(String(await fate(play.client.ping())), /1024 requests are already waiting/);
  assert.ok((await Promise.all(all)).every((late) => late instanceof ConnectionLostError));
});
