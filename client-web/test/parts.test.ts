import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { Backoff } from "../src/backoff.js";
import { Emitter } from "../src/emitter.js";
import { GoodsChangeSchema, type Inventory } from "../src/gen/tavern/v1/common_pb.js";
import { InventoryPageSchema, JoinedSchema, SnapshotSchema } from "../src/gen/tavern/v1/server_pb.js";
import { Hops } from "../src/hops.js";
import { PlayerInventory } from "../src/inventory.js";
import { isAfter, seqAfter } from "../src/numbers.js";
import { RoomView, type SnapshotChanges } from "../src/room.js";
import { ServerTime } from "../src/server-time.js";
// For what Node 18 lacks.
import "../src/tcp.js";
import { hex, uuidV7 } from "../src/uuid.js";

test("P-10: numbers go round, and never through 0", () => {
  assert.equal(seqAfter(1), 2);
  assert.equal(seqAfter(0xffff_ffff), 1);
  assert.ok(isAfter(1, 0xffff_ffff));
  assert.ok(!isAfter(0xffff_ffff, 1));
  assert.ok(!isAfter(5, 5));
});

test("P-57: an id carries the time, its version and its variant", () => {
  const id = uuidV7(0x0123_4567_89ab);
  assert.match(hex(id), /^0123456789ab7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  assert.notEqual(hex(id), hex(uuidV7(0x0123_4567_89ab)));
});

test("P-57: the server's time goes on by this device's clock, and only a large step back is followed", () => {
  let clock = 5_000;
  const time = new ServerTime(() => clock);
  assert.throws(() => time.now(), /connect first/);
  time.hear(1_000_000n);
  clock += 10;
  assert.equal(time.now(), 1_000_010);
  time.hear(999_900n);
  assert.equal(time.now(), 1_000_010);
  time.hear(900_000n);
  assert.equal(time.now(), 900_000);
});

test("P-40: the wait doubles up to its limit, and begins anew after a success", () => {
  const backoff = new Backoff({ jitterMs: 1_000, minMs: 1_000, maxMs: 30_000 }, () => 0.5);
  const waits = Array.from({ length: 8 }, () => {
    const wait = backoff.next();
    backoff.failed();
    return wait;
  });
  assert.deepEqual(waits, [500, 1_500, 2_500, 4_500, 8_500, 16_500, 30_500, 30_500]);
  backoff.failed(60_000);
  assert.equal(backoff.next(), 60_500);
  backoff.succeeded();
  assert.equal(backoff.next(), 500);
});

test("P-106: whoever is sent on five times within ten seconds rests until they are over", () => {
  const hops = new Hops();
  for (const at of [0, 2_000, 4_000, 6_000, 8_000]) {
    assert.equal(hops.waitMs(at), 0);
    hops.add(at);
  }
  assert.equal(hops.waitMs(9_000), 1_000);
  assert.equal(hops.waitMs(10_000), 0);
  hops.add(10_000);
  assert.equal(hops.waitMs(11_000), 1_000);
  assert.equal(hops.waitMs(30_000), 0);
});

test("P-106: a rest is shorter than the session waits, and leads to one more server", () => {
  const hops = new Hops();
  for (const at of [0, 500, 1_000, 1_500, 2_000]) {
    hops.add(at);
  }
  assert.equal(hops.restMs(3_000, 4_000), 2_000);
  assert.equal(hops.waitMs(5_000), 0);
  hops.add(5_000);
  assert.equal(hops.restMs(5_000, 60_000), 5_500);
  hops.add(10_500);
  assert.equal(hops.restMs(10_900, 0), 100);
});

test("a listener that throws does not keep others from hearing", (context) => {
  const thrown: (() => void)[] = [];
  context.mock.method(globalThis, "queueMicrotask", (task: () => void) => thrown.push(task));
  const emitter = new Emitter<{ chat: string }>();
  const heard: string[] = [];
  emitter.on("chat", () => {
    throw new Error("a bug");
  });
  const remove = emitter.on("chat", (text) => heard.push(text));
  emitter.emit("chat", "one");
  remove();
  emitter.emit("chat", "two");
  assert.deepEqual(heard, ["one"]);
  assert.equal(thrown.length, 2);
  assert.throws(thrown[0]!, /a bug/);
});

const SOMEBODY = { player: "", kind: 0, attributes: [], inView: true };

test("P-112: a room knows how fast its time passes", () => {
  const room = new RoomView(create(JoinedSchema, { state: { tickRatePermille: 400 } }));
  assert.equal(room.timeRate, 0.4);
  room.pass(833);
  assert.equal(room.timeRate, 0.833);
  room.pass(5_000);
  assert.equal(room.timeRate, 1);
  room.replace(undefined);
  assert.equal(room.timeRate, 1);
});

test("P-31: the example of the protocol's text; and arrays that do not fit together are refused", () => {
  const room = new RoomView(
    create(JoinedSchema, {
      state: { entities: [{ id: 3, x: 100, y: 50, seq: 8 }, { id: 7, x: 0, y: 20, seq: 0xffff_ffff }] },
    }),
  );
  const changes = room.apply(
    create(SnapshotSchema, { tick: 500, ids: [3, 4, 1], xs: [-8, 160, 1], ys: [0, -1, 1], seqs: [2, 2, 1] }),
  );
  assert.equal(changes.unknown, 1);
  assert.equal(room.tick, 500);
  assert.deepEqual({ ...room.entities.get(3) }, { ...SOMEBODY, id: 3, x: 92, y: 50, seq: 10 });
  assert.deepEqual({ ...room.entities.get(7) }, { ...SOMEBODY, id: 7, x: 160, y: 19, seq: 1 });
  assert.throws(() => room.apply(create(SnapshotSchema, { ids: [3], xs: [1], ys: [1] })), /different lengths/);
  assert.equal(room.entities.get(3)?.x, 92);
});

class Scene {
  readonly room = new RoomView(
    create(JoinedSchema, {
      self: 3,
      state: {
        entities: [
          { id: 3, player: "ann", x: 100, y: 50, attributes: [7n] },
          { id: 7, player: "ben", away: true },
        ],
      },
    }),
  );

  apply(snapshot: MessageInitShape<typeof SnapshotSchema>): SnapshotChanges {
    return this.room.apply(create(SnapshotSchema, snapshot));
  }

  /** What is in view, without what P-83 to P-85 do not change. */
  get inView(): Record<number, [kind: number, x: number, y: number, attributes: readonly bigint[]]> {
    const seen = [...this.room.entities.values()].filter(({ inView }) => inView);
    return Object.fromEntries(seen.map(({ id, kind, x, y, attributes }) => [id, [kind, x, y, [...attributes]]]));
  }
}

const ENTERED = { enteredIds: [7], enteredXs: [1], enteredYs: [2], enteredSeqs: [3] };
const APPEARED = { appearedIds: [65], appearedKinds: [2], appearedXs: [300], appearedYs: [20] };

test("P-85: the example of the protocol's text, and an NPC that moves", () => {
  const scene = new Scene();
  const { entered, attributes, unknown } = scene.apply({
    tick: 502, ...APPEARED, changedIds: [3, 62, 0], changedAttributes: [0, 0, 3], changedValues: [-2n, 100n, 1n],
  });
  assert.deepEqual(scene.inView, { 3: [0, 100, 50, [5n]], 65: [2, 300, 20, [100n, 0n, 0n, 1n]] });
  assert.deepEqual(entered.map(({ id, player }) => [id, player]), [[65, ""]]);
  assert.deepEqual(attributes, [{ entity: scene.room.self, attribute: 0, before: 7n }]);
  assert.equal(unknown, 0);

  const changes = scene.apply({
    ids: [65], xs: [-4], ys: [1], seqs: [0], changedIds: [65], changedAttributes: [3], changedValues: [8n],
  });
  assert.deepEqual(scene.inView[65], [2, 296, 21, [100n, 0n, 0n, 9n]]);
  assert.deepEqual(changes.moved.map(({ id }) => id), [65]);
  assert.deepEqual(changes.attributes.map(({ before }) => before), [1n]);
  assert.throws(() => scene.apply({ appearedIds: [9], appearedKinds: [1], appearedXs: [1] }), /different lengths/);
  assert.throws(() => scene.apply({ changedIds: [3], changedAttributes: [1] }), /different lengths/);
});

test("P-84: an NPC that vanished is unknown, and its id may be given again; anew, all of them are gone", () => {
  const scene = new Scene();
  scene.apply({ ...APPEARED, changedIds: [65], changedAttributes: [0], changedValues: [9n] });
  const { left } = scene.apply({ vanishedIds: [65] });
  assert.deepEqual(left.map(({ id, inView, attributes }) => [id, inView, attributes]), [[65, false, []]]);
  assert.deepEqual([...scene.room.entities.keys()], [3, 7]);
  scene.apply({ ...APPEARED, appearedKinds: [4] });
  assert.deepEqual(scene.inView[65], [4, 300, 20, []]);

  const { entered, anew } = scene.apply({
    anew: true, ...ENTERED, ...APPEARED, appearedIds: [66], changedIds: [66], changedAttributes: [0], changedValues: [1n],
  });
  assert.deepEqual([entered, anew], [[], true]);
  assert.deepEqual(scene.inView, { 7: [0, 1, 2, []], 66: [2, 300, 20, [1n]] });
  assert.deepEqual([...scene.room.entities.keys()], [3, 7, 66]);
});

test("P-85: attributes are 0 after being out of view, and wrap at 64 bits", () => {
  const scene = new Scene();
  assert.deepEqual(scene.apply({ leftIds: [3], ...ENTERED }).left.map(({ attributes }) => attributes), [[]]);
  const change = { changedIds: [3], changedAttributes: [1] };
  const max = 2n ** 63n - 1n;
  scene.apply({ ...ENTERED, enteredIds: [3], ...change, changedValues: [max] });
  assert.deepEqual(scene.inView[3], [0, 1, 2, [0n, max]]);
  scene.apply({ ...change, changedValues: [2n] });
  assert.deepEqual(scene.inView[3]?.[3], [0n, -max]);
});

test("what a snapshot says of entities that do not fit is counted, and changes nothing", () => {
  const scene = new Scene();
  scene.apply(APPEARED);
  const before = scene.inView;
  const { unknown } = scene.apply({
    ...APPEARED, // is there already
    vanishedIds: [3, 6], // a player, and nobody
    changedIds: [3, 4, 2], // no such attribute, out of view, nobody
    changedAttributes: [0xffff_ffff, 0, 0],
    changedValues: [1n, 1n, 1n],
  });
  assert.equal(unknown, 6);
  assert.deepEqual(scene.inView, before);
});

test("P-55, P-56: changes that come while pages are under way are applied after them, in their order", () => {
  const inventory = new PlayerInventory();
  const change = (version: bigint, gold: bigint) =>
    create(GoodsChangeSchema, { version, counts: [{ kind: "gold", count: gold }] });
  const page = (last: boolean, part: Partial<Pick<Inventory, "version">> & { gold?: bigint }) =>
    create(InventoryPageSchema, {
      part: { version: part.version ?? 0n, stacks: part.gold ? [{ kind: "gold", count: part.gold }] : [] },
      last,
    });
  assert.ok(!inventory.takePage(page(false, { version: 4n, gold: 40n })));
  assert.ok(!inventory.takeChange(change(6n, 60n)));
  assert.ok(!inventory.takeChange(change(5n, 50n)));
  assert.ok(!inventory.takeChange(change(3n, 30n)));
  assert.ok(inventory.takePage(page(true, { version: 4n })));
  assert.ok(!inventory.catchUp());
  assert.equal(inventory.count("gold"), 60n);
  assert.ok(inventory.isComplete);

  assert.ok(!inventory.takeChange(change(6n, 1n)), "it is known");
  assert.ok(inventory.takeChange(change(8n, 80n)), "one is missing");
  assert.ok(!inventory.isComplete);
  assert.equal(inventory.count("gold"), 60n);
  assert.ok(inventory.takePage(page(true, { version: 7n, gold: 70n })));
  assert.ok(!inventory.catchUp());
  assert.equal(inventory.count("gold"), 80n);
  assert.ok(inventory.takeVersion(9n), "the goods were changed by somebody who did not tell how");
});
