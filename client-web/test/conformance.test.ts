import { create, fromJson, type JsonObject, toJson } from "@bufbuild/protobuf";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ConnectionLostError, ErrorCode, TavernClient, TavernError } from "../src/index.js";
import { InventorySchema } from "../src/gen/tavern/v1/common_pb.js";
import { type ClientMessage, ClientMessageSchema } from "../src/gen/tavern/v1/client_pb.js";
import { EntitySchema, ServerMessageSchema } from "../src/gen/tavern/v1/server_pb.js";
import { MemoryServer, until } from "./memory-server.js";

const RECORDINGS = "../docs/recordings";
const PROTO = { useProtoFieldName: true };

interface Step {
  connection?: "open" | "closed";
  client?: JsonObject;
  server?: JsonObject;
  frame?: string;
  expect?: { room?: string } & JsonObject;
}

/** What a client has told its user since the last look, and knows now, as docs/CONFORMANCE.md has it. */
class View {
  readonly #client: TavernClient;
  #answers: JsonObject[] = [];
  #lost: number[] = [];
  #events: JsonObject[] = [];
  #resumed = false;

  constructor(client: TavernClient) {
    this.#client = client;
    client.on("welcome", ({ resumed }) => (this.#resumed = resumed));
    client.on("moveRejected", ({ seq }) => this.#answers.push({ seq, is: "move_rejected" }));
    client.on("error", ({ seq, error }) => this.#answers.push({ seq, is: "error", code: ErrorCode[error.code] ?? error.code }));
    client.on("fault", (what) => assert.fail(what));
    client.on("message", (message) => {
      const isNumbered = message.sessionSeq !== 0n || message.roomSeq !== 0n;
      if (isNumbered && message.body.case !== "joined") {
        const { reply_to, room_seq, session_seq, ...event } = toJson(ServerMessageSchema, message, PROTO) as JsonObject;
        this.#events.push(event);
      }
    });
  }

  asked(seq: number, is: string | ((answer: never) => string), request: Promise<unknown>): void {
    request.then(
      (answer) => this.#answers.push({ seq, is: typeof is === "string" ? is : is(answer as never) }),
      (error: unknown) => {
        if (error instanceof TavernError) {
          this.#answers.push({ seq, is: "error", code: ErrorCode[error.code] ?? error.code });
        } else {
          assert.ok(error instanceof ConnectionLostError, String(error));
          this.#lost.push(seq);
        }
      },
    );
  }

  now(isOpen: boolean): JsonObject {
    const { room, inventory, isLive } = this.#client;
    const entities = [...(room?.entities.values() ?? [])]
      .sort((a, b) => a.id - b.id)
      .map(({ id, player, inView, x, y, seq }) =>
        create(EntitySchema, inView ? { id, player, x, y, seq } : { id, player, away: true }),
      )
      .map((entity) => toJson(EntitySchema, entity, PROTO));
    const goods = create(InventorySchema, {
      stacks: [...inventory.stacks].sort().map(([kind, count]) => ({ kind, count })),
      items: [...inventory.items].sort(([a], [b]) => Number(a - b)).map(([id, kind]) => ({ id, kind })),
      version: inventory.version,
    });
    return {
      ...(isOpen && isLive && {
        resumed: this.#resumed, room: room?.name ?? "", entities, inventory: toJson(InventorySchema, goods, PROTO),
      }),
      answers: this.#answers,
      lost: this.#lost.sort((a, b) => a - b),
      events: this.#events,
    };
  }

  forget(): void {
    this.#answers = [];
    this.#lost = [];
    this.#events = [];
  }
}

function send(client: TavernClient, view: View, { seq, body }: ClientMessage, serverMs: bigint): void {
  switch (body.case) {
    case "hello":
      break;
    case "move":
      client.move(body.value.x, body.value.y);
      break;
    case "bye":
      client.close();
      break;
    case "ping":
      view.asked(seq, "pong", client.ping());
      break;
    case "joinRoom":
      view.asked(seq, "joined", client.join(body.value.room));
      break;
    case "leaveRoom":
      view.asked(seq, "left", client.leave());
      break;
    case "listRooms": {
      const { prefix, after, max } = body.value;
      view.asked(seq, "room_list", client.list({ prefix, after, max }));
      break;
    }
    case "getInventory":
      view.asked(seq, "inventory_page", client.readInventory());
      break;
    case "chat":
      view.asked(seq, "chat", client.chat(body.value.text));
      break;
    case "whisper":
      view.asked(seq, "whisper_delivered", client.whisper(body.value.to, body.value.text));
      break;
    case "tradeOffer": {
      const { tradeId, to, give, want } = body.value;
      const goods = (side: typeof give) => ({
        stacks: Object.fromEntries((side?.stacks ?? []).map(({ kind, count }) => [kind, count])),
        items: side?.itemIds ?? [],
      });
      const id = new DataView(client.newTradeId().buffer);
      const ms = (id.getBigUint64(0) >> 16n) - serverMs;
      assert.ok(ms >= 0n && ms < 10_000n, `P-57: an id by the server's time, not ${ms} ms after it`);
      assert.equal(id.getUint8(6) >> 4, 7);
      assert.equal(id.getUint8(8) >> 6, 2);
      view.asked(
        seq,
        ({ opened }: { opened?: unknown }) => (opened ? "trade_opened" : "trade_result"),
        client.offer({ tradeId, to, give: goods(give), want: goods(want) }),
      );
      break;
    }
    case "tradeAccept":
      view.asked(seq, "trade_result", client.accept(body.value.from, body.value.tradeId));
      break;
    case "tradeDecline":
      view.asked(seq, "trade_result", client.decline(body.value.from, body.value.tradeId));
      break;
    case "tradeCancel":
      view.asked(seq, "trade_result", client.cancel(body.value.tradeId));
      break;
    default:
      assert.fail(`this client cannot send ${body.case}`);
  }
}

/** Removes what may differ: a ping's nonce and whether it follows (P-106) are the client's choice, and an empty side of an offer may be left out (P-54). */
function comparable(message: ClientMessage): JsonObject {
  const json = toJson(ClientMessageSchema, message, PROTO) as JsonObject;
  if (message.body.case === "ping") {
    json["ping"] = {};
  }
  if (message.body.case === "hello") {
    delete (json["hello"] as JsonObject)["follows"];
  }
  const offer = json["trade_offer"];
  if (offer) {
    json["trade_offer"] = Object.fromEntries(Object.entries(offer).filter(([, side]) => JSON.stringify(side) !== "{}"));
  }
  return json;
}

async function play(steps: Step[], player: string): Promise<void> {
  const server = new MemoryServer();
  const client = new TavernClient({ connect: server.connect, token: player, reconnect: false });
  const view = new View(client);
  let serverMs = 0n;
  for (const step of steps) {
    if (step.connection === "open") {
      const count = server.connections.length;
      // A refusal is told as an error too.
      client.connect().catch(() => {});
      await until("connected", () => server.connections.length === count + 1);
    } else if (step.client) {
      const message = fromJson(ClientMessageSchema, step.client);
      send(client, view, message, serverMs);
      await until(`sent ${JSON.stringify(step.client)}`, () => server.last.received.length > 0);
      assert.deepEqual(comparable(server.last.next()), comparable(message));
    } else if (step.server && step.frame) {
      const { body } = fromJson(ServerMessageSchema, step.server);
      serverMs = body.case === "welcome" ? body.value.serverTimeMs : serverMs;
      server.last.sendFrame(Buffer.from(step.frame, "hex"));
    } else if (step.connection === "closed") {
      if (!server.last.isClosed) {
        server.last.drop();
      }
    } else if (step.expect) {
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(view.now("room" in step.expect), step.expect);
      view.forget();
    }
  }
}

const files = readdirSync(RECORDINGS).filter((name) => name.endsWith(".jsonl"));
assert.ok(files.length > 5);
for (const file of files) {
  test(`the client says and knows what it must: ${file}`, async () => {
    const [head, ...steps] = readFileSync(`${RECORDINGS}/${file}`, "utf8").trim().split("\n").map((line) => JSON.parse(line));
    await play(steps, head.player);
  });
}
