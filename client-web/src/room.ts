import type { Entity as EntityMessage, FullState, Joined, Snapshot } from "./gen/tavern/v1/server_pb.js";

/** One player in the room, as last told. */
export interface Entity {
  readonly id: number;
  readonly player: string;
  /** P-36: whether the place is known; always true in rooms without cells. */
  readonly inView: boolean;
  /** In 1/16 of a unit; meaningless while out of view. */
  readonly x: number;
  readonly y: number;
  /** The seq of the newest move that counted; 0 when there was none yet. */
  readonly seq: number;
}

type Known = { -readonly [K in keyof Entity]: Entity[K] };

/** What a snapshot changed, told to the client's listeners when all of it is known. */
export interface SnapshotChanges {
  moved: Entity[];
  entered: Entity[];
  left: Entity[];
  /** P-38: the whole view is new, and the lists above are empty. */
  anew: boolean;
  /** How many entities are named that are not in the room, or moved although they are out of view. */
  unknown: number;
}

/** What the client knows of its room. */
export class RoomView {
  /** The answer to the join: the map's bounds, the maximum speed, the recent chat. */
  readonly joined: Joined;
  #entities = new Map<number, Known>();
  #tick = 0;

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

  /** Everybody in the room, by id. It changes with what the server tells. */
  get entities(): ReadonlyMap<number, Entity> {
    return this.#entities;
  }

  /** Of the newest snapshot or full state. */
  get tick(): number {
    return this.#tick;
  }

  /** @internal P-32 */
  replace(state: FullState | undefined): void {
    this.#tick = state?.tick ?? 0;
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

  /** @internal P-31, P-37, P-38. @throws Error when its arrays do not fit together */
  apply(snapshot: Snapshot): SnapshotChanges {
    requireEqualLengths(snapshot.ids, snapshot.xs, snapshot.ys, snapshot.seqs);
    requireEqualLengths(snapshot.enteredIds, snapshot.enteredXs, snapshot.enteredYs, snapshot.enteredSeqs);
    const changes: SnapshotChanges = { moved: [], entered: [], left: [], anew: snapshot.anew, unknown: 0 };
    this.#tick = snapshot.tick;
    this.#move(snapshot, changes);
    if (snapshot.anew) {
      for (const entity of this.#entities.values()) {
        entity.inView = false;
      }
    }
    this.#leave(snapshot, changes);
    this.#enter(snapshot, changes);
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

  #leave({ leftIds }: Snapshot, changes: SnapshotChanges): void {
    let id = 0;
    for (const delta of leftIds) {
      id += delta;
      const entity = this.#entities.get(id);
      if (entity?.inView) {
        entity.inView = false;
        changes.left.push(entity);
      } else {
        changes.unknown++;
      }
    }
  }

  #enter({ enteredIds, enteredXs, enteredYs, enteredSeqs, anew }: Snapshot, changes: SnapshotChanges): void {
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
      if (!anew) {
        changes.entered.push(entity);
      }
    });
  }
}

function known({ id, player, x, y, seq, away }: EntityMessage): Known {
  return { id, player, inView: !away, x, y, seq };
}

function requireEqualLengths(ids: number[], ...columns: number[][]): void {
  if (columns.some(({ length }) => length !== ids.length)) {
    throw new Error("a snapshot with arrays of different lengths");
  }
}
