import { ConnectionLostError, type Connector, TavernClient, TavernError, webSocket } from "../src/index.js";
import { part } from "./page.js";
import { Talk } from "./talk.js";
import { Trades } from "./trades.js";
import { World } from "./world.js";

/** Where the page is to connect; its server tells. */
interface Place {
  url: string;
  room: string;
}

const NAME_KEY = "name";
const form = part("enter", HTMLFormElement);
const nameField = part("name", HTMLInputElement);
const refused = part("refused", HTMLElement);

// A tab's own: after a reload it is the same player, and another tab is another one.
nameField.value = sessionStorage.getItem(NAME_KEY) ?? `wanderer-${Math.floor(Math.random() * 900) + 100}`;
nameField.select();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = part("come-in", HTMLButtonElement);
  button.disabled = true;
  refused.textContent = "";
  enter(nameField.value)
    .catch((error: Error) => {
      refused.textContent = error instanceof TavernError ? error.text : error.message;
    })
    .finally(() => (button.disabled = false));
});

async function enter(name: string): Promise<void> {
  const place = await whereTo();
  const cable = new Cable(webSocket(place.url));
  const client = new TavernClient({ connect: cable.connect, token: name });
  try {
    await client.connect();
  } catch (error) {
    throw error instanceof ConnectionLostError ? new Error("The game server does not answer. Is it running?") : error;
  }
  try {
    await client.join(place.room);
  } catch (error) {
    client.close();
    throw error;
  }
  sessionStorage.setItem(NAME_KEY, name);
  part("door", HTMLElement).hidden = true;
  part("room", HTMLElement).hidden = false;
  const talk = new Talk(client);
  new Trades(client, (line) => talk.note(line));
  showConnection(client, cable, talk);
  new World(client, (player) => (part("partner", HTMLSelectElement).value = player)).begin();
}

async function whereTo(): Promise<Place> {
  try {
    return (await (await fetch("server.json")).json()) as Place;
  } catch {
    throw new Error("The server of this page does not answer. Is bin/demo still running?");
  }
}

/** A connection that a button can cut: while it is, no other one comes about. */
class Cable {
  isCut = false;
  readonly connect: Connector;

  constructor(network: Connector) {
    this.connect = (listener, to) => {
      if (!this.isCut) {
        return network(listener, to);
      }
      queueMicrotask(() => listener.closed(new Error("the connection is cut")));
      return { buffered: 0, send: () => {}, close: () => {} };
    };
  }
}

function showConnection(client: TavernClient, cable: Cable, talk: Talk): void {
  const state = part("state", HTMLElement);
  const place = part("place", HTMLElement);
  const button = part("cut", HTMLButtonElement);
  let cutAt = 0;
  let missed: number | undefined;
  const show = () => {
    state.textContent = words(client, cable);
    state.classList.toggle("bad", client.state !== "live");
    part("world", HTMLCanvasElement).classList.toggle("stale", client.state !== "live");
    button.textContent = cable.isCut ? "Come back" : "Cut the connection";
  };
  client.on("state", show);
  button.hidden = false;
  show();
  client.on("welcome", ({ resumed }) => {
    missed = resumed ? 0 : undefined;
    if (!resumed && cutAt > 0) {
      talk.note("You were away for too long: this is a new session.");
    }
  });
  client.on("message", ({ body, roomSeq, sessionSeq }) => {
    if (missed === undefined) {
      return;
    }
    if (body.case !== "replayed") {
      missed += roomSeq > 0n || sessionSeq > 0n ? 1 : 0;
      return;
    }
    const seconds = Math.round((performance.now() - cutAt) / 1000);
    const came = missed === 1 ? "1 event" : `${missed} events`;
    talk.note(`Back after ${seconds} s. You missed nothing: ${came} came just now.`);
    missed = undefined;
  });
  client.on("snapshot", ({ self }) => {
    if (self) {
      place.textContent = `${Math.round(self.x / 16)}, ${Math.round(self.y / 16)}`;
    }
  });
  client.on("disconnected", () => (cutAt = performance.now()));
  client.on("closed", ({ error }) => error && talk.note(error.text));
  client.on("announcement", (text) => talk.note(text));
  window.addEventListener("online", () => client.retryNow());
  button.addEventListener("click", () => {
    cable.isCut = !cable.isCut;
    if (cable.isCut) {
      client.drop();
    } else {
      client.retryNow();
    }
    show();
  });
}

function words(client: TavernClient, cable: Cable): string {
  if (client.state === "live") {
    return `You are ${client.session?.player}`;
  }
  if (client.state === "closed") {
    return "The session is over. Load the page again.";
  }
  if (cable.isCut) {
    return "Cut off. The others see you stand where you were.";
  }
  return client.state === "waiting" ? "The server does not answer. Trying again…" : "Connecting…";
}
