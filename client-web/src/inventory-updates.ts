import type { InventoryPage, ServerMessage } from "./gen/tavern/v1/server_pb.js";
import { PlayerInventory } from "./inventory.js";

const RETRY_MS = 200;

/** What the updates need of the client. */
export interface InventorySource {
  readonly isLive: boolean;
  requestInventory(): Promise<InventoryPage>;
  inventoryChanged(): void;
}

/** Keeps a {@link PlayerInventory} in step with what the server tells, and asks for all of it when a change is missing. */
export class InventoryUpdates {
  readonly inventory = new PlayerInventory();
  readonly #source: InventorySource;
  /** Whether pages have to be asked for; they may have been asked for already. */
  #due = false;
  #asking = false;

  constructor(source: InventorySource) {
    this.#source = source;
  }

  /** P-56: pages follow by themselves, unless the session was resumed. */
  welcomed(isResumed: boolean): void {
    if (!isResumed) {
      this.#due = false;
      this.inventory.begin();
    } else if (!this.inventory.isComplete) {
      this.inventory.cutOff();
      this.#ask();
    }
  }

  /** Takes what the message says about the player's goods, if it says anything. */
  heard({ body }: ServerMessage): void {
    const before = this.inventory.version;
    let isMissing = false;
    if (body.case === "inventoryPage") {
      if (this.inventory.takePage(body.value)) {
        this.#due = false;
        isMissing = this.inventory.catchUp();
        this.#source.inventoryChanged();
      }
    } else if (body.case === "tradeResult" && body.value.change) {
      isMissing = this.inventory.takeChange(body.value.change);
    } else if (body.case === "inventoryChanged") {
      const { change, version } = body.value;
      isMissing = change ? this.inventory.takeChange(change) : this.inventory.takeVersion(version);
    }
    if (body.case !== "inventoryPage" && this.inventory.version !== before) {
      this.#source.inventoryChanged();
    }
    if (isMissing) {
      this.#ask();
    }
  }

  /** Asks for all pages, whether or not anything is missing. */
  async read(): Promise<void> {
    this.#due = true;
    this.#asking = true;
    this.inventory.await();
    try {
      await this.#source.requestInventory();
    } finally {
      this.#asking = false;
      if (this.#due && this.#source.isLive) {
        setTimeout(() => this.#ask(), RETRY_MS);
      }
    }
  }

  #ask(): void {
    this.#due = !this.inventory.isComplete;
    if (this.#due && !this.#asking && this.#source.isLive) {
      // A failure is followed by another try, or by the next connection.
      this.read().catch(() => {});
    }
  }
}
