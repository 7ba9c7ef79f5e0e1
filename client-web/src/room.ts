import type { Entity as EntityMessage, FullState, Joined, Snapshot } from "./gen/tavern/v1/server_pb.js";

/** A game may give an entity 8 attributes; far more are kept, but not as many as a broken server may name. */
const ATTRIBUTES_MAX = 64;

/** P-112: the permille of a room that is not slowed down. */
const FULL_SPEED = 1_000;

/** One player or NPC in the room, as last told. */
export interface Entity {
  readonly id: number;
  /** The player's name; empty for an NPC. */
  readonly player: string;
  /** P-83: of an NPC, as the game numbers them; 0 for a player. */
  readonly kind: number;
  /** P-85: what the game has given the entity, by number; those missing are 0, and all are while out of view. */
  readonly attributes: readonly bigint[];
  /** P-36: whether the place is known; always true in rooms without cells. */
  readonly inView: boolean;
  /** In 1/16 of a unit; meaningless while out of view. */
  readonly x: number;
  readonly y: number;
  /** The seq of the newest move that counted; 0 when there was none yet. */
  readonly seq: number;
}

type Known = { -readonly [K in Exclude<keyof Entity, "attributes">]: Entity[K] } & { attributes: bigint[] };

export interface AttributeChange {
  readonly entity: Entity;
  readonly attribute: number;
  readonly before: bigint;
}

/** What a snapshot changed, told to the client's listeners when all of it is known. */
export interface SnapshotChanges {
  moved: Entity[];
  /** Players that came into view, and NPCs that appeared. */
  entered: Entity[];
  /** Players that went out of view, and NPCs that vanished. */
  left: Entity[];
  /** Only of entities that were in view before. */
  attributes: AttributeChange[];
  /** P-38: the whole view is new, and the lists above are empty. */
  anew: boolean;
  /** How many entities are named that are not in the room, or changed although they are out of view. */
  unknown: number;
}

/** What the client knows of its room. */
export class RoomView {
  /** The answer to the join: the map's bounds, the maximum speed, the recent chat. */
  readonly joined: Joined;
  #entities = new Map<number, Known>();
  #tick = 0;
  #timeRate = 1;

  constructor(joined: Joined) {
    this.joined = joined;
    this.replace(joined.state);
  }

  get name(): string {
    return this.joined.room;
  }

  /** The player's own entity; none while only watching (P-81). */
  get self(): Entity | undefined {
    return this.#entities.get(this.joined.self);
  }

  /** Everybody in the room, and the NPCs in view, by id. It changes with what the server tells. */
  get entities(): ReadonlyMap<number, Entity> {
    return this.#entities;
  }

  /** Of the newest snapshot or full state. */
  get tick(): number {
    return this.#tick;
  }

  /**
   * P-112: how fast the room's time passes, 1 at full speed: what moves by itself is shown at this speed, and the player may walk at
   * `maxSpeed` times this.
   */
  get timeRate(): number {
    return this.#timeRate;
  }

  /** @internal P-112. @param permille 0 for full speed */
  pass(permille: number): void {
    this.#timeRate = permille > 0 && permille < FULL_SPEED ? permille / FULL_SPEED : 1;
  }

  /** @internal P-32 */
  replace(state: FullState | undefined): void {
    this.#tick = state?.tick ?? 0;
    this.pass(state?.tickRatePermille ?? 0);
    this.#entities = new Map((state?.entities ?? []).map((entity) => [entity.id, known(entity)]));
  }

  /** @internal */
  add(message: EntityMessage): Entity {
    const entity = known(message);
    this.#entities.set(entity.id, entity);
    return entity;
  }

  /** @internal */
  remove(id: number): void {
    this.#entities.delete(id);
  }

  /** @internal P-31, P-37, P-38, P-84, P-85. @throws Error when its arrays do not fit together */
  apply(snapshot: Snapshot): SnapshotChanges {
    requireEqualLengths(snapshot.ids, snapshot.xs, snapshot.ys, snapshot.seqs);
    requireEqualLengths(snapshot.enteredIds, snapshot.enteredXs, snapshot.enteredYs, snapshot.enteredSeqs);
    requireEqualLengths(snapshot.appearedIds, snapshot.appearedKinds, snapshot.appearedXs, snapshot.appearedYs);
    requireEqualLengths(snapshot.changedIds, snapshot.changedAttributes, snapshot.changedValues);
    const { anew } = snapshot;
    const changes: SnapshotChanges = { moved: [], entered: [], left: [], attributes: [], anew, unknown: 0 };
    this.#tick = snapshot.tick;
    this.#move(snapshot, changes);
    if (anew) {
      this.#leaveAll();
    }
    this.#leave(snapshot, changes);
    this.#vanish(snapshot, changes);
    const arrived = new Set<Known>();
    this.#enter(snapshot, arrived, changes);
    this.#appear(snapshot, arrived, changes);
    this.#change(snapshot, arrived, changes);
    if (!anew) {
      changes.entered.push(...arrived);
    }
    return changes;
  }

  #move({ ids, xs, ys, seqs }: Snapshot, changes: SnapshotChanges): void {
    let id = 0;
    ids.forEach((delta, i) => {
      id += delta;
      const entity = this.#entities.get(id);
      if (!entity?.inView) {
        changes.unknown++;
        return;
      }
      entity.x += xs[i] ?? 0;
      entity.y += ys[i] ?? 0;
      entity.seq = (entity.seq + (seqs[i] ?? 0)) >>> 0;
      changes.moved.push(entity);
    });
  }

  #leaveAll(): void {
    for (const entity of this.#entities.values()) {
      if (entity.kind === 0) {
        leaveView(entity);
      } else {
        this.#entities.delete(entity.id);
      }
    }
  }

  #leave({ leftIds }: Snapshot, changes: SnapshotChanges): void {
    let id = 0;
    for (const delta of leftIds) {
      id += delta;
      const entity = this.#entities.get(id);
      if (entity?.inView) {
        leaveView(entity);
        changes.left.push(entity);
      } else {
        changes.unknown++;
      }
    }
  }

  #vanish({ vanishedIds }: Snapshot, changes: SnapshotChanges): void {
    let id = 0;
    for (const delta of vanishedIds) {
      id += delta;
      const entity = this.#entities.get(id);
      if (entity && entity.kind !== 0) {
        this.#entities.delete(id);
        leaveView(entity);
        changes.left.push(entity);
      } else {
        changes.unknown++;
      }
    }
  }

  #enter(snapshot: Snapshot, arrived: Set<Known>, changes: SnapshotChanges): void {
    const { enteredIds, enteredXs, enteredYs, enteredSeqs } = snapshot;
    let id = 0;
    enteredIds.forEach((delta, i) => {
      id += delta;
      const entity = this.#entities.get(id);
      if (!entity) {
        changes.unknown++;
        return;
      }
      entity.x = enteredXs[i] ?? 0;
      entity.y = enteredYs[i] ?? 0;
      entity.seq = enteredSeqs[i] ?? 0;
      entity.inView = true;
      entity.attributes = [];
      arrived.add(entity);
    });
  }

  #appear(snapshot: Snapshot, arrived: Set<Known>, changes: SnapshotChanges): void {
    const { appearedIds, appearedKinds, appearedXs, appearedYs } = snapshot;
    let id = 0;
    appearedIds.forEach((delta, i) => {
      id += delta;
      if (this.#entities.has(id)) {
        changes.unknown++;
        return;
      }
      const [kind, x, y] = [appearedKinds[i] ?? 0, appearedXs[i] ?? 0, appearedYs[i] ?? 0];
      const npc: Known = { id, player: "", kind, attributes: [], inView: true, x, y, seq: 0 };
      this.#entities.set(id, npc);
      arrived.add(npc);
    });
  }

  #change(snapshot: Snapshot, arrived: Set<Known>, changes: SnapshotChanges): void {
    const { changedIds, changedAttributes, changedValues } = snapshot;
    let id = 0;
    changedIds.forEach((delta, i) => {
      id += delta;
      const entity = this.#entities.get(id);
      const attribute = changedAttributes[i] ?? 0;
      if (!entity?.inView || attribute >= ATTRIBUTES_MAX) {
        changes.unknown++;
        return;
      }
      const before = entity.attributes[attribute] ?? 0n;
      while (entity.attributes.length < attribute) {
        entity.attributes.push(0n);
      }
      entity.attributes[attribute] = BigInt.asIntN(64, before + (changedValues[i] ?? 0n));
      if (!arrived.has(entity)) {
        changes.attributes.push({ entity, attribute, before });
      }
    });
  }
}

function known({ id, player, kind, attributes, x, y, seq, away }: EntityMessage): Known {
  return { id, player, kind, attributes: attributes.slice(0, ATTRIBUTES_MAX), inView: !away, x, y, seq };
}

function leaveView(entity: Known): void {
  entity.inView = false;
  entity.attributes = [];
}

function requireEqualLengths(ids: number[], ...columns: ArrayLike<unknown>[]): void {
  if (columns.some(({ length }) => length !== ids.length)) {
    throw new Error("a snapshot with arrays of different lengths");
  }
}
