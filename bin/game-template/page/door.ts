// The parts of a page that are the same for every game; main.ts has the game.
import type { TavernClient } from "tavern-client";

/** Where the page is to connect, and what it joins; bin/play tells. */
export interface Place {
  url: string;
  type: string;
  room: string;
}

const LINES_MAX = 100;

/** Lets a person come in by the form, with the client that `clientFor` makes; the game is shown from then on. */
export async function openDoor<Say, Told>(clientFor: (name: string, place: Place) => TavernClient<Say, Told>): Promise<void> {
  const place = (await (await fetch("server.json")).json()) as Place;
  const door = part("door", HTMLFormElement);
  const nameField = part("name", HTMLInputElement);
  const tableField = part("table", HTMLInputElement);
  // Each tab is a player.
  nameField.value = `player-${Math.floor(Math.random() * 900) + 100}`;
  tableField.value = place.room;

  const sitDown = async (name: string, table: string) => {
    const client = clientFor(name, place);
    client.on("inventory", (goods) => (part("gold", HTMLElement).textContent = `You have ${goods.count("gold")} gold.`));
    client.on("playerJoined", ({ player }) => note(`${player} comes to the table.`));
    client.on("playerLeft", ({ player }) => note(`${player} leaves the table.`));
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
  };
  door.addEventListener("submit", (event) => {
    event.preventDefault();
    sitDown(nameField.value, tableField.value).catch((error: Error) => note(error.message));
  });
}

/** Adds a line to what happened. */
export function note(line: string): void {
  const log = part("log", HTMLElement);
  log.prepend(item(line));
  while (log.childElementCount > LINES_MAX) {
    log.lastElementChild?.remove();
  }
}

/** What players wrote becomes text and nothing else. */
export function item(text: string): HTMLElement {
  return Object.assign(document.createElement("li"), { textContent: text });
}

/** The element of play.html with this id. */
export function part<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${type.name} #${id}`);
  }
  return element;
}
