import { create } from "@bufbuild/protobuf";
import { protobufGame, TavernClient, webSocket } from "tavern-client";
import { item, note, openDoor, part } from "./door.js";
import { type Hand, SaySchema, type Tell, TellSchema } from "./gen/game_pb.js";

const CARDS: Record<number, string> = { 11: "jack", 12: "queen", 13: "king", 14: "ace" };

const drawButton = part("draw", HTMLButtonElement);

await openDoor((name, place) => {
  const client = new TavernClient({
    connect: webSocket(place.url),
    token: name,
    game: protobufGame(SaySchema, TellSchema),
  });
  const told = showingTo(name);
  client.on("view", told); // what one sees who comes in, or comes back after too long
  client.on("told", told); // all that follows
  drawButton.onclick = () => {
    // Resolves when the turn is durable, and rejects with what the game refused.
    client.say(create(SaySchema, { what: { case: "draw", value: {} } })).catch((error: Error) => note(error.message));
  };
  return client;
});

/** Shows what the game tells. */
function showingTo(name: string): (told: Tell) => void {
  let hands: Hand[] = [];
  const show = (pot: bigint) => {
    part("pot", HTMLElement).textContent = `${pot} gold in the pot`;
    const drawn = hands.map((hand) => `${hand.name}: ${card(hand)}`);
    part("hands", HTMLElement).replaceChildren(...drawn.map(item));
    drawButton.disabled = hands.some((hand) => hand.name === name);
  };
  return ({ what }) => {
    switch (what.case) {
      case "table":
        hands = what.value.hands;
        show(what.value.pot);
        break;
      case "drawn":
        hands = [...hands, ...(what.value.hand ? [what.value.hand] : [])];
        show(what.value.pot);
        break;
      case "won":
        note(`${what.value.hand?.name} wins ${what.value.pot} gold with ${card(what.value.hand)}.`);
        hands = [];
        show(0n);
        break;
    }
  };
}

function card(hand: Hand | undefined): string {
  return hand ? (CARDS[hand.card] ?? String(hand.card)) : "";
}
