import type { Entity, RoomView, TavernClient } from "../src/index.js";
import { part } from "./page.js";

const MOVE_MS = 66;
/** Of the room's maximum speed: clocks need not agree exactly. */
const SHARE_OF_MAX_SPEED = 0.6;
const BUBBLE_MS = 5_000;
const BUBBLE_CHARACTERS = 40;
/** On a narrow screen bubbles would hide the room. */
const BUBBLE_CHARACTERS_NARROW = 20;
const NARROW_PIXELS = 600;
const EASE_MS = 90;
const TOUCH_PIXELS = 22;
const BOARDS = 12;
/** Around the room, in pixels; below it there is a name under whoever stands at the edge. */
const MARGIN = 16;
const MARGIN_BELOW = 32;

const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  KeyA: [-1, 0], KeyD: [1, 0], KeyW: [0, -1], KeyS: [0, 1],
};

interface Point {
  x: number;
  y: number;
}

/** The room on a canvas, and the player's walk in it. Places are in the protocol's units, 1/16 of a unit. */
export class World {
  readonly #client: TavernClient;
  readonly #canvas = part("world", HTMLCanvasElement);
  readonly #chosen: (player: string) => void;
  readonly #still = matchMedia("(prefers-reduced-motion: reduce)");
  readonly #keys = new Set<string>();
  /** Where everybody is drawn, by entity: on the way to where they are. */
  readonly #drawn = new Map<number, Point>();
  readonly #bubbles = new Map<string, { text: string; until: number }>();
  #me: Point | undefined;
  #goal: Point | undefined;
  #sentAt = 0;
  #sent: Point | undefined;
  #paintedAt = 0;

  /** @param chosen is told when the player presses somebody */
  constructor(client: TavernClient, chosen: (player: string) => void) {
    this.#client = client;
    this.#chosen = chosen;
    this.#stand(client.room?.self);
    client.on("room", ({ self }) => {
      this.#stand(self);
    });
    client.on("moveRejected", (place) => this.#stand(place));
    client.on("chat", ({ player, text }) => {
      this.#bubbles.set(player, { text, until: performance.now() + BUBBLE_MS });
    });
    window.addEventListener("keydown", (event) => this.#key(event, true));
    window.addEventListener("keyup", (event) => this.#key(event, false));
    window.addEventListener("blur", () => this.#keys.clear());
    this.#canvas.addEventListener("pointerdown", (event) => this.#press(event));
  }

  /** The server says where. */
  #stand(place: Point | undefined): void {
    this.#me = place && { x: place.x, y: place.y };
    this.#sent = undefined;
    this.#goal = undefined;
  }

  begin(): void {
    this.#canvas.focus();
    const paint = (now: number) => {
      const elapsed = Math.min(100, now - this.#paintedAt);
      this.#paintedAt = now;
      this.#walk(elapsed, now);
      this.#paint(elapsed, now);
      requestAnimationFrame(paint);
    };
    requestAnimationFrame(paint);
  }

  #key(event: KeyboardEvent, isDown: boolean): void {
    const isTyping = event.target instanceof Element && event.target.closest("input, select, button, ol") !== null;
    if (!KEYS[event.code] || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    if (isDown && !isTyping) {
      event.preventDefault();
      this.#keys.add(event.code);
      this.#goal = undefined;
    } else if (!isDown) {
      this.#keys.delete(event.code);
    }
  }

  #press({ offsetX, offsetY }: PointerEvent): void {
    const room = this.#client.room;
    if (!room) {
      return;
    }
    const { scale, left, top } = this.#view(room);
    const near = [...room.entities.values()]
      .filter(({ id, inView }) => inView && id !== room.self?.id)
      .map((entity) => {
        const { x, y } = this.#drawn.get(entity.id) ?? entity;
        return { entity, far: Math.hypot(left + x * scale - offsetX, top + y * scale - offsetY) };
      })
      .sort((one, other) => one.far - other.far)[0];
    if (near && near.far < TOUCH_PIXELS) {
      this.#chosen(near.entity.player);
    } else {
      this.#goal = { x: (offsetX - left) / scale, y: (offsetY - top) / scale };
    }
  }

  /** One step of the way, told to the server as often as it makes sense. The server corrects what it does not allow. */
  #walk(elapsedMs: number, now: number): void {
    const room = this.#client.room;
    if (!room?.self || !this.#me || !this.#client.isLive) {
      return;
    }
    const { mapWidth, mapHeight, maxSpeed } = room.joined;
    const step = (maxSpeed * room.timeRate * SHARE_OF_MAX_SPEED * elapsedMs) / 1000;
    const way = this.#way(this.#me);
    const length = Math.hypot(way.x, way.y);
    if (length > 0) {
      const share = Math.min(1, step / length);
      this.#me.x = Math.min(mapWidth, Math.max(0, this.#me.x + way.x * share));
      this.#me.y = Math.min(mapHeight, Math.max(0, this.#me.y + way.y * share));
    }
    const place = { x: Math.round(this.#me.x), y: Math.round(this.#me.y) };
    const isNew = place.x !== (this.#sent ?? room.self).x || place.y !== (this.#sent ?? room.self).y;
    if (isNew && now - this.#sentAt >= MOVE_MS && this.#client.move(place.x, place.y) !== 0) {
      this.#sentAt = now;
      this.#sent = place;
    }
  }

  /** From here to where the player wants to be. */
  #way(me: Point): Point {
    if (this.#keys.size === 0) {
      return this.#goal ? { x: this.#goal.x - me.x, y: this.#goal.y - me.y } : { x: 0, y: 0 };
    }
    const way = { x: 0, y: 0 };
    for (const code of this.#keys) {
      const [x, y] = KEYS[code] ?? [0, 0];
      way.x += x * 1_000;
      way.y += y * 1_000;
    }
    return way;
  }

  /** The whole map in the middle of the canvas. */
  #view({ joined: { mapWidth, mapHeight } }: RoomView): { scale: number; left: number; top: number } {
    const { clientWidth, clientHeight } = this.#canvas;
    const scale = Math.min((clientWidth - 2 * MARGIN) / mapWidth, (clientHeight - MARGIN - MARGIN_BELOW) / mapHeight);
    return {
      scale,
      left: (clientWidth - mapWidth * scale) / 2,
      top: (clientHeight - MARGIN_BELOW + MARGIN - mapHeight * scale) / 2,
    };
  }

  #paint(elapsedMs: number, now: number): void {
    const room = this.#client.room;
    const pen = this.#canvas.getContext("2d");
    if (!room || !pen) {
      return;
    }
    const { clientWidth, clientHeight } = this.#canvas;
    const width = Math.round(clientWidth * devicePixelRatio);
    const height = Math.round(clientHeight * devicePixelRatio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      Object.assign(this.#canvas, { width, height });
    }
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, clientWidth, clientHeight);
    const { scale, left, top } = this.#view(room);
    const colours = palette();
    pen.translate(left, top);
    paintFloor(pen, colours, room.joined.mapWidth * scale, room.joined.mapHeight * scale);
    this.#drawn.forEach((_, id) => room.entities.has(id) || this.#drawn.delete(id));
    const all = [...room.entities.values()].filter(({ inView }) => inView);
    const spots = all
      .map((entity) => ({ entity, at: this.#ease(entity, entity.id === room.self?.id, elapsedMs) }))
      .sort((one, other) => one.at.y - other.at.y);
    for (const { entity, at } of spots) {
      paintPlayer(pen, colours, entity.player, { x: at.x * scale, y: at.y * scale }, entity.id === room.self?.id);
    }
    for (const { entity, at } of spots) {
      const bubble = this.#bubbles.get(entity.player);
      if (bubble && bubble.until > now) {
        const max = clientWidth < NARROW_PIXELS ? BUBBLE_CHARACTERS_NARROW : BUBBLE_CHARACTERS;
        const characters = [...bubble.text];
        const text = characters.length > max ? `${characters.slice(0, max).join("")}…` : bubble.text;
        paintBubble(pen, colours, text, { x: at.x * scale, y: at.y * scale }, room.joined.mapWidth * scale);
      }
    }
    this.#canvas.setAttribute("aria-label", `The room, with ${all.length} players, who are listed under Offers`);
  }

  #ease({ id, x, y }: Entity, isMe: boolean, elapsedMs: number): Point {
    const to = isMe && this.#me ? this.#me : { x, y };
    const from = this.#drawn.get(id) ?? to;
    const share = isMe || this.#still.matches ? 1 : 1 - Math.exp(-elapsedMs / EASE_MS);
    const at = { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
    this.#drawn.set(id, at);
    return at;
  }
}

/** The style sheet's colours, which change with the device's scheme. */
interface Palette {
  text: string;
  soft: string;
  card: string;
  line: string;
  board: string;
  rim: string;
}

function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour("text"), soft: colour("soft"), card: colour("card"), line: colour("line"), board: colour("board"),
    rim: colour("rim"),
  };
}

function paintFloor(pen: CanvasRenderingContext2D, colours: Palette, width: number, height: number): void {
  pen.strokeStyle = colours.board;
  pen.lineWidth = 1;
  pen.strokeRect(0, 0, width, height);
  for (let i = 1; i < BOARDS; i++) {
    const y = (height * i) / BOARDS;
    pen.beginPath();
    pen.moveTo(0, y);
    pen.lineTo(width, y);
    pen.stroke();
  }
  pen.fillStyle = colours.board;
  for (const [x, y] of [[0.2, 0.25], [0.5, 0.25], [0.8, 0.25], [0.2, 0.75], [0.5, 0.75], [0.8, 0.75]] as const) {
    pen.beginPath();
    pen.ellipse(width * x, height * y, width * 0.05, height * 0.06, 0, 0, 2 * Math.PI);
    pen.fill();
    pen.strokeStyle = colours.rim;
    pen.lineWidth = 2;
    pen.stroke();
  }
}

function paintPlayer(
  pen: CanvasRenderingContext2D,
  colours: Palette,
  name: string,
  { x, y }: Point,
  isMe: boolean,
): void {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360, 7);
  pen.beginPath();
  pen.arc(x, y, isMe ? 11 : 9, 0, 2 * Math.PI);
  pen.fillStyle = `hsl(${hue} 55% 45%)`;
  pen.fill();
  if (isMe) {
    pen.strokeStyle = colours.text;
    pen.lineWidth = 3;
    pen.stroke();
  }
  pen.fillStyle = "#fff";
  pen.font = "bold 11px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText([...name][0]?.toUpperCase() ?? "", x, y + 0.5);
  pen.fillStyle = isMe ? colours.text : colours.soft;
  pen.font = `${isMe ? "bold " : ""}12px system-ui, sans-serif`;
  pen.textBaseline = "top";
  pen.fillText(name, x, y + 13);
}

function paintBubble(
  pen: CanvasRenderingContext2D,
  colours: Palette,
  text: string,
  { x, y }: Point,
  width: number,
): void {
  pen.font = "13px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const wide = pen.measureText(text).width + 16;
  const middle = Math.max(wide / 2, Math.min(width - wide / 2, x));
  pen.beginPath();
  pen.roundRect(middle - wide / 2, y - 42, wide, 24, 8);
  pen.fillStyle = colours.card;
  pen.fill();
  pen.strokeStyle = colours.line;
  pen.lineWidth = 1;
  pen.stroke();
  pen.fillStyle = colours.text;
  pen.fillText(text, middle, y - 30);
}
