import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { protobufGame, TavernClient, webSocket } from "tavern-client";
import { item, note, openDoor, part } from "../../../bin/game-template/page/door.js";
import { CardsInSchema, type CardsOut, CardsOutSchema } from "./gen/tavern/examples/cards/cards_pb.js";
import { Table } from "./table.js";

const dealButton = part("deal", HTMLButtonElement);

await openDoor((name, place) => {
  const client = new TavernClient({
    connect: webSocket(place.url),
    token: name,
    game: protobufGame(CardsInSchema, CardsOutSchema),
  });
  const say = (what: MessageInitShape<typeof CardsInSchema>["say"]) => {
    client.say(create(CardsInSchema, { say: what })).catch((error: Error) => note(error.message));
  };
  const table = new Table(name);
  const told = (what: CardsOut) => {
    const line = table.told(what);
    if (line) {
      note(line);
    }
    show(table, (card) => say({ case: "play", value: card }));
  };
  client.on("view", told);
  client.on("told", told);
  dealButton.onclick = () => say({ case: "deal", value: true });
  return client;
});

function show(table: Table, play: (card: number) => void): void {
  const isUnderWay = table.seats.length > 0;
  part("pot", HTMLElement).textContent = isUnderWay ? `${table.pot} gold for the winner` : "Two to four can play.";
  const seats = table.seats.map((seat) => {
    const played = seat.played > 0 ? `, has played ${seat.played}` : "";
    const line = item(`${seat.name}: ${seat.cards} cards, ${seat.roundsWon} rounds won${played}`);
    line.classList.toggle("next", seat.name === table.next);
    return line;
  });
  part("seats", HTMLElement).replaceChildren(...seats);
  const cards = table.hand.map((card) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", textContent: String(card), disabled: !table.isMyTurn });
    button.addEventListener("click", () => play(card));
    return button;
  });
  part("hand", HTMLElement).replaceChildren(...cards);
  dealButton.hidden = isUnderWay;
}
