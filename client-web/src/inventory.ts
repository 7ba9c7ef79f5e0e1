import type { GoodsChange, Inventory } from "./gen/tavern/v1/common_pb.js";
import type { InventoryPage } from "./gen/tavern/v1/server_pb.js";

/** What the player owns, as far as the server has told it: first all of it in pages (P-56), then each change (P-55). */
export class PlayerInventory {
  #stacks = new Map<string, bigint>();
  #items = new Map<bigint, string>();
  #version = 0n;
  /** Whether pages are under way or have to be asked for; meanwhile changes are kept. */
  #incomplete = true;
  #pages: Inventory[] = [];
  #kept: GoodsChange[] = [];
  /** The highest version that was told without a change. */
  #versionTold = 0n;

  /** Counts by kind. */
  get stacks(): ReadonlyMap<string, bigint> {
    return this.#stacks;
  }

  /** Kinds of unique items, by id. */
  get items(): ReadonlyMap<bigint, string> {
    return this.#items;
  }

  get version(): bigint {
    return this.#version;
  }

  /** Whether this is all that the player owned at {@link version}, and no change since is known to be missing. */
  get isComplete(): boolean {
    return !this.#incomplete;
  }

  count(kind: string): bigint {
    return this.#stacks.get(kind) ?? 0n;
  }

  /** @internal A new session has begun: pages come by themselves. */
  begin(): void {
    this.#stacks.clear();
    this.#items.clear();
    this.#version = 0n;
    this.#versionTold = 0n;
    this.#kept = [];
    this.#pages = [];
    this.#incomplete = true;
  }

  /** @internal The connection was lost: pages that were under way do not go on over the next one. */
  cutOff(): void {
    this.#pages = [];
  }

  /** @internal From now on until the last page, changes are kept. */
  await(): void {
    this.#incomplete = true;
  }

  /** @internal @returns whether it was the last; then {@link catchUp} must follow */
  takePage({ part, last }: InventoryPage): boolean {
    if (part) {
      this.#pages.push(part);
    }
    if (!last) {
      return false;
    }
    const pages = this.#pages;
    this.#pages = [];
    this.#version = pages[0]?.version ?? 0n;
    this.#stacks = new Map(pages.flatMap(({ stacks }) => stacks.map(({ kind, count }) => [kind, count])));
    this.#items = new Map(pages.flatMap(({ items }) => items.map(({ id, kind }) => [id, kind])));
    return true;
  }

  /**
   * @internal P-56: applies the changes that came while the pages were under way, in the order of their versions: changes
   * of one moment may be told in either order. @returns whether one is missing
   */
  catchUp(): boolean {
    this.#incomplete = false;
    const since = this.#kept.sort((a, b) => Number(a.version - b.version));
    this.#kept = [];
    let isMissing = false;
    for (const change of since) {
      isMissing = this.takeChange(change) || isMissing;
    }
    return isMissing || this.takeVersion(this.#versionTold);
  }

  /** @internal P-55. @returns whether a change before it is missing, so that pages must be asked for */
  takeChange(change: GoodsChange): boolean {
    if (this.#incomplete) {
      this.#kept.push(change);
      return false;
    }
    if (change.version === this.#version + 1n) {
      this.#apply(change);
    } else if (change.version > this.#version) {
      this.#kept.push(change);
      this.await();
      return true;
    }
    return false;
  }

  /** @internal P-55: the goods have this version now. @returns whether pages must be asked for */
  takeVersion(now: bigint): boolean {
    this.#versionTold = now > this.#versionTold ? now : this.#versionTold;
    if (this.#incomplete || this.#versionTold <= this.#version) {
      return false;
    }
    this.await();
    return true;
  }

  #apply({ version, counts, itemIdsOut, itemsIn }: GoodsChange): void {
    for (const { kind, count } of counts) {
      if (count === 0n) {
        this.#stacks.delete(kind);
      } else {
        this.#stacks.set(kind, count);
      }
    }
    for (const id of itemIdsOut) {
      this.#items.delete(id);
    }
    for (const { id, kind } of itemsIn) {
      this.#items.set(id, kind);
    }
    this.#version = version;
  }
}
