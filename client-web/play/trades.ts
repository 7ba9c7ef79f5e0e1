import {
  type Goods, hex, type PlayerInventory, type TavernClient, type TradeOffered, TradeOutcome, type TradeResult,
} from "../src/index.js";
import { fill, make, part, why } from "./page.js";

/** A choice in the lists of kinds that means one unique item: its id follows. */
const ITEM = "item:";
const KINDS = ["gold", "potion"];
const CHANGED_MS = 1_500;
/** What became of a trade. */
const OUTCOMES: Partial<Record<TradeOutcome, string>> = {
  [TradeOutcome.COMMITTED]: "done",
  [TradeOutcome.DECLINED]: "declined",
  [TradeOutcome.CANCELLED]: "called off",
  [TradeOutcome.EXPIRED]: "nobody answered in time",
  [TradeOutcome.FAILED]: "impossible by now",
};

type Side = TradeOffered["give"];

/** What the player owns, the offers that are open, and the form for a new one. */
export class Trades {
  readonly #client: TavernClient;
  readonly #note: (line: string) => void;
  readonly #goods = part("goods", HTMLUListElement);
  readonly #offers = part("offers", HTMLUListElement);
  readonly #partner = part("partner", HTMLSelectElement);
  readonly #giveKind = part("give-kind", HTMLSelectElement);
  readonly #giveCount = part("give-count", HTMLInputElement);
  readonly #wantKind = part("want-kind", HTMLSelectElement);
  readonly #wantCount = part("want-count", HTMLInputElement);
  /** By proposer and id. */
  readonly #open = new Map<string, HTMLLIElement>();
  #shown = new Map<string, string>();

  constructor(client: TavernClient, note: (line: string) => void) {
    this.#client = client;
    this.#note = note;
    client.on("inventory", (inventory) => this.#show(inventory));
    client.on("tradeOffered", (offered) => this.#offered(offered));
    client.on("tradeResult", (result) => this.#ended(result));
    client.on("room", () => this.#showPartners());
    client.on("playerJoined", () => this.#showPartners());
    client.on("playerLeft", () => this.#showPartners());
    client.on("welcome", ({ resumed }) => {
      if (!resumed) {
        this.#open.clear();
        this.#offers.replaceChildren();
      }
    });
    fill(this.#wantKind, KINDS.map((kind) => [kind, kind]));
    this.#wantKind.value = "potion";
    this.#giveKind.addEventListener("change", () => this.#showCount());
    part("offer", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#offer();
    });
    this.#showNone();
    this.#show(client.inventory);
    this.#showPartners();
  }

  #show(inventory: PlayerInventory): void {
    const stacks = [...inventory.stacks].sort();
    const items = [...inventory.items].sort(([a], [b]) => Number(a - b));
    const owned = new Map([
      ...stacks.map(([kind, count]): [string, string] => [kind, `${count} ${kind}`]),
      ...items.map(([id, kind]): [string, string] => [`${ITEM}${id}`, `${kind} #${id}`]),
    ]);
    const before = this.#shown;
    this.#goods.replaceChildren(
      ...[...owned].map(([key, label]) => {
        const isNew = before.size > 0 && before.get(key) !== label;
        return make("li", { className: isNew ? "changed" : "" }, label);
      }),
    );
    setTimeout(() => this.#goods.querySelectorAll(".changed").forEach((li) => li.classList.remove("changed")), CHANGED_MS);
    this.#shown = owned;
    fill(this.#giveKind, [...owned].map(([key, label]) => [key, key.startsWith(ITEM) ? label : key]));
    this.#showCount();
  }

  /** A unique item has no count. */
  #showCount(): void {
    this.#giveCount.disabled = this.#giveKind.value.startsWith(ITEM);
  }

  #showPartners(): void {
    const { room } = this.#client;
    const others = [...(room?.entities.values() ?? [])].filter(({ id }) => id !== room?.self?.id);
    fill(this.#partner, others.map(({ player }) => player).sort().map((player) => [player, player]));
  }

  #offer(): void {
    const kind = this.#giveKind.value;
    const give: Goods = kind.startsWith(ITEM)
      ? { items: [BigInt(kind.slice(ITEM.length))] }
      : { stacks: { [kind]: BigInt(this.#giveCount.value) } };
    const to = this.#partner.value;
    const want = { stacks: { [this.#wantKind.value]: BigInt(this.#wantCount.value) } };
    const tradeId = this.#client.newTradeId();
    const cancel = button("Cancel", `Cancel your offer to ${to}`);
    const name = this.#client.session?.player ?? "";
    const terms = `You offer ${to} ${this.#words(give)} for ${this.#words(want)}`;
    cancel.addEventListener("click", () => this.#does(this.#client.cancel(tradeId)));
    this.#client.offer({ tradeId, to, give, want }).then(
      ({ opened }) => opened && this.#add(name, tradeId, make("li", {}, make("span", {}, `${terms}.`), cancel)),
      (error: Error) => this.#note(why(error)),
    );
  }

  #offered({ from, tradeId, give, want }: TradeOffered): void {
    const accept = button("Accept", `Accept the offer of ${from}`);
    const decline = button("Decline", `Decline the offer of ${from}`);
    const terms = `${from} gives ${words(give)} for ${words(want)}.`;
    accept.addEventListener("click", () => this.#does(this.#client.accept(from, tradeId)));
    decline.addEventListener("click", () => this.#does(this.#client.decline(from, tradeId)));
    this.#add(from, tradeId, make("li", {}, make("span", {}, terms), accept, decline));
  }

  #does(request: Promise<unknown>): void {
    request.catch((error: Error) => this.#note(why(error)));
  }

  #add(from: string, tradeId: Uint8Array, item: HTMLLIElement): void {
    this.#open.set(`${from} ${hex(tradeId)}`, item);
    this.#offers.querySelector(".soft")?.remove();
    this.#offers.append(item);
  }

  #ended({ from, to, tradeId, outcome }: TradeResult): void {
    const key = `${from} ${hex(tradeId)}`;
    this.#open.get(key)?.remove();
    this.#open.delete(key);
    this.#showNone();
    const other = from === this.#client.session?.player ? to : from;
    this.#note(`Your trade with ${other}: ${OUTCOMES[outcome] ?? "over"}.`);
  }

  #showNone(): void {
    if (this.#open.size === 0) {
      this.#offers.replaceChildren(make("li", { className: "soft" }, "None. Press a guest, or choose one below."));
    }
  }

  #words({ stacks = {}, items = [] }: Goods): string {
    const kinds = this.#client.inventory.items;
    return [
      ...Object.entries(stacks).map(([kind, count]) => `${count} ${kind}`),
      ...items.map((id) => `${kinds.get(id) ?? "item"} #${id}`),
    ].join(" and ");
  }
}

/** @param name what a screen reader says, for there may be several of these */
function button(label: string, name: string): HTMLButtonElement {
  return make("button", { type: "button", ariaLabel: name }, label);
}

function words(side: Side): string {
  const all = [
    ...(side?.stacks ?? []).map(({ kind, count }) => `${count} ${kind}`),
    ...(side?.itemIds ?? []).map((id) => `item #${id}`),
  ];
  return all.join(" and ") || "nothing";
}
