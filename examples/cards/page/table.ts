import type { CardsOut, CardsView_Seat } from "./gen/tavern/examples/cards/cards_pb.js";

export type Seat = Pick<CardsView_Seat, "name" | "cards" | "played" | "roundsWon">;

/** The table as one player sees it, kept from what the game tells. */
export class Table {
  readonly #me: string;
  #seats: Seat[] = [];
  #hand: number[] = [];
  #next = "";
  #pot = 0n;

  constructor(me: string) {
    this.#me = me;
  }

  /** In the order of play; empty between matches. */
  get seats(): readonly Seat[] {
    return this.#seats;
  }

  get hand(): readonly number[] {
    return this.#hand;
  }

  get pot(): bigint {
    return this.#pot;
  }

  /** Whose turn it is. */
  get next(): string {
    return this.#next;
  }

  get isMyTurn(): boolean {
    return this.#next === this.#me;
  }

  /** @returns what a person wants to read of it */
  told({ say }: CardsOut): string | undefined {
    switch (say.case) {
      case "view":
        this.#seats = say.value.seats;
        this.#hand = [...say.value.hand].sort((one, other) => one - other);
        this.#next = say.value.next;
        this.#pot = say.value.pot;
        return undefined;
      case "played": {
        const { name, card, late } = say.value;
        this.#change(name, (seat) => ({ ...seat, played: card, cards: seat.cards - 1 }));
        if (name === this.#me) {
          this.#hand = this.#hand.filter((own) => own !== card);
        }
        return `${name} plays ${card}${late ? ", after too long" : ""}.`;
      }
      case "next":
        this.#next = say.value;
        return undefined;
      case "roundWonBy":
        this.#change(say.value, (seat) => ({ ...seat, roundsWon: seat.roundsWon + 1 }));
        this.#seats = this.#seats.map((seat) => ({ ...seat, played: 0 }));
        return `${say.value} wins the round.`;
      case "away":
        return `${say.value} is away, and forfeits in a minute.`;
      case "back":
        return `${say.value} is back.`;
      case "forfeited":
        this.#seats = this.#seats.filter(({ name }) => name !== say.value);
        this.#hand = say.value === this.#me ? [] : this.#hand;
        return `${say.value} was away for too long.`;
      case "over":
        this.#seats = [];
        this.#hand = [];
        this.#next = "";
        this.#pot = 0n;
        return `${say.value.winner} wins the match, and ${say.value.prize} gold.`;
      default:
        return undefined;
    }
  }

  #change(who: string, to: (seat: Seat) => Seat): void {
    this.#seats = this.#seats.map((seat) => (seat.name === who ? to(seat) : seat));
  }
}
