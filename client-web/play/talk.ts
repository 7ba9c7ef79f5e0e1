import type { ChatMessage, TavernClient } from "../src/index.js";
import { make, part, why } from "./page.js";

const LINES_MAX = 200;

/** What is said in the room, and what the page has to tell. */
export class Talk {
  readonly #log = part("log", HTMLOListElement);

  constructor(client: TavernClient) {
    const line = part("line", HTMLInputElement);
    client.room?.joined.recentChat.forEach((chat) => this.#say(chat));
    client.on("chat", (chat) => this.#say(chat));
    client.on("playerJoined", ({ player }) => this.note(`${player} came in.`));
    client.on("playerLeft", ({ player }) => this.note(`${player} left.`));
    part("say", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      const text = line.value;
      if (text.trim() === "") {
        return;
      }
      line.value = "";
      client.chat(text).catch((error: Error) => {
        // The player may have begun another line.
        line.value ||= text;
        this.note(why(error));
      });
    });
  }

  #say({ player, text }: ChatMessage): void {
    this.#add(make("li", {}, make("strong", {}, player), ` ${text}`));
  }

  note(text: string): void {
    this.#add(make("li", { className: "soft" }, text));
  }

  #add(item: HTMLElement): void {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const follows = scrollHeight - scrollTop - clientHeight < 40;
    this.#log.append(item);
    while (this.#log.childElementCount > LINES_MAX) {
      this.#log.firstElementChild?.remove();
    }
    if (follows) {
      this.#log.scrollTop = this.#log.scrollHeight;
    }
  }
}
