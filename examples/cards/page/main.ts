import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { protobufGame, TavernClient, webSocket } from "tavern-client";
import { CardsInSchema, type CardsOut, CardsOutSchema } from "./gen/tavern/examples/cards/cards_pb.js";
import { Table } from "./table.js";

/** Where the page is to connect, and what it joins; bin/play tells. */
interface Place {
  url: string;
  type: string;
  room: string;
}

const LINES_MAX = 100;

const door = part("door", HTMLFormElement);
const nameField = part("name", HTMLInputElement);
const tableField = part("table", HTMLInputElement);
const dealButton = part("deal", HTMLButtonElement);
const place = (await (await fetch("server.json")).json()) as Place;

// Each tab is a player.
nameField.value = `player-${Math.floor(Math.random() * 900) + 100}`;
tableField.value = place.room;
door.addEventListener("submit", (event) => {
  event.preventDefault();
  sitDown(nameField.value, tableField.value).catch((error: Error) => note(error.message));
});

async function sitDown(name: string, room: string): Promise<void> {
  const client = new TavernClient({
    connect: webSocket(place.url),
    token: name,
    game: protobufGame(CardsInSchema, CardsOutSchema),
  });
  const table = new Table(name);
  const say = (what: MessageInitShape<typeof CardsInSchema>["say"]) => {
    client.say(create(CardsInSchema, { say: what })).catch((error: Error) => note(error.message));
  };
  const told = (what: CardsOut) => {
    const line = table.told(what);
    if (line) {
      note(line);
    }
    show(table, (card) => say({ case: "play", value: card }));
  };
  client.on("view", told);
  client.on("told", told);
  client.on("inventory", (goods) => (part("gold", HTMLElement).textContent = `You have ${goods.count("gold")} gold.`));
  client.on("playerJoined", ({ player }) => note(`${player} comes to the table.`));
  client.on("playerLeft", ({ player }) => note(`${player} leaves the table.`));
  // When the connection is lost, the client connects again by itself, and nothing is missed.
  client.on("state", (state) => (part("state", HTMLElement).textContent = state === "live" ? `You are ${name}.` : state));
  client.on("closed", ({ error }) => error && note(error.text));

  await client.connect();
  try {
    await client.join(room, { type: place.type });
  } catch (error) {
    client.close();
    throw error;
  }
  door.hidden = true;
  part("game", HTMLElement).hidden = false;
  dealButton.addEventListener("click", () => say({ case: "deal", value: true }));
}

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
