import { create } from "@bufbuild/protobuf";
import { protobufGame, TavernClient, webSocket } from "tavern-client";
import { type Hand, SaySchema, type Tell, TellSchema } from "./gen/game_pb.js";

/** Where the page is to connect, and what it joins; bin/play tells. */
interface Place {
  url: string;
  type: string;
  room: string;
}

const LINES_MAX = 100;
const CARDS: Record<number, string> = { 11: "jack", 12: "queen", 13: "king", 14: "ace" };

const door = part("door", HTMLFormElement);
const nameField = part("name", HTMLInputElement);
const tableField = part("table", HTMLInputElement);
const drawButton = part("draw", HTMLButtonElement);
const place = (await (await fetch("server.json")).json()) as Place;

// Each tab is a player.
nameField.value = `player-${Math.floor(Math.random() * 900) + 100}`;
tableField.value = place.room;
door.addEventListener("submit", (event) => {
  event.preventDefault();
  sitDown(nameField.value, tableField.value).catch((error: Error) => note(error.message));
});

async function sitDown(name: string, table: string): Promise<void> {
  const client = new TavernClient({
    connect: webSocket(place.url),
    token: name,
    game: protobufGame(SaySchema, TellSchema),
  });
  let hands: Hand[] = [];
  const show = (pot: bigint) => {
    part("pot", HTMLElement).textContent = `${pot} gold in the pot`;
    const drawn = hands.map((hand) => `${hand.name}: ${card(hand)}`);
    part("hands", HTMLElement).replaceChildren(...drawn.map(item));
    drawButton.disabled = hands.some((hand) => hand.name === client.session?.player);
  };
  const told = ({ what }: Tell) => {
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
  client.on("view", told); // what one sees who comes in, or comes back after too long
  client.on("told", told); // all that follows
  client.on("inventory", (goods) => (part("gold", HTMLElement).textContent = `You have ${goods.count("gold")} gold.`));
  client.on("playerJoined", ({ player }) => note(`${player} sits down.`));
  client.on("playerLeft", ({ player }) => note(`${player} leaves.`));
  // When the connection is lost, the client connects again by itself, and nothing is missed.
  client.on("state", (state) => (part("state", HTMLElement).textContent = state === "live" ? `You are ${name}.` : state));
  client.on("closed", ({ error }) => error && note(error.text));

  await client.connect();
  try {
    await client.join(table, { type: place.type });
  } catch (error) {
    client.close();
    throw error;
  }
  door.hidden = true;
  part("game", HTMLElement).hidden = false;
  drawButton.addEventListener("click", () => {
    // Resolves when the turn is durable, and rejects with what the game refused.
    client.say(create(SaySchema, { what: { case: "draw", value: {} } })).catch((error: Error) => note(error.message));
  });
}

function card(hand: Hand | undefined): string {
  return hand ? (CARDS[hand.card] ?? String(hand.card)) : "";
}

function note(line: string): void {
  const log = part("log", HTMLElement);
  log.prepend(item(line));
  while (log.childElementCount > LINES_MAX) {
    log.lastElementChild?.remove();
  }
}

/** What players wrote becomes text and nothing else. */
function item(text: string): HTMLElement {
  return Object.assign(document.createElement("li"), { textContent: text });
}

function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${type.name} #${id}`);
  }
  return element;
}
