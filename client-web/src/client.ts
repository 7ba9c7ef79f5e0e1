import { fromBinary } from "@bufbuild/protobuf";
import { Backoff, BACKOFF, type BackoffOptions } from "./backoff.js";
import { Emitter } from "./emitter.js";
import { ConnectionLostError, TavernError } from "./errors.js";
import type { ClientEvents, ConnectionState } from "./events.js";
import type { GameCodec } from "./game.js";
import { ErrorCode } from "./gen/tavern/v1/common_pb.js";
import {
  type ChatMessage,
  type Joined,
  type Left,
  type Pong,
  type Redirect,
  type RoomList,
  type ServerMessage,
  ServerMessageSchema,
  type Snapshot,
  type TradeOpened,
  type TradeResult,
  type Welcome,
  type WhisperDelivered,
} from "./gen/tavern/v1/server_pb.js";
import { type Goods, goodsMessage } from "./goods.js";
import { Hops, SentOnTooOftenError } from "./hops.js";
import type { PlayerInventory } from "./inventory.js";
import { InventoryUpdates } from "./inventory-updates.js";
import { Link } from "./link.js";
import { EventNumbers } from "./numbers.js";
import type { RequestBody } from "./requests.js";
import { RoomView } from "./room.js";
import { ServerTime } from "./server-time.js";
import type { Address, Connector, Transport } from "./transport.js";
import { Upstream } from "./upstream.js";
import { uuidV7 } from "./uuid.js";

const PROTOCOL_VERSION = 2;
const SWEEP_MS = 1_000;
/** P-7: how long failed logins of others with this name are remembered. */
const AUTH_THROTTLED_MS = 60_000;
const REJOIN_MS_MIN = 200;

export interface ClientOptions<Say, Told> {
  /** How to reach the server: `webSocket(url)` in browsers, `tcp({ host, port })` from `tavern-client/node` in Node. */
  connect: Connector;
  /** The player's name or a signed token, as the server's `auth.mode` requires. Asked for with each connection. */
  token: string | (() => string | Promise<string>);
  /** For rooms with a game. */
  game?: GameCodec<Say, Told>;
  /** Whether a lost connection is followed by another one; true by default. */
  reconnect?: boolean;
  backoff?: BackoffOptions;
  /** How long a connection may take until its `Welcome`, and a request until its answer; 10 s by default. */
  requestMs?: number;
  /** How long something said to a game may take, over lost connections too; 60 s by default. */
  sayMs?: number;
}

export interface JoinOptions {
  /** P-80: the type of the room. */
  type?: string;
  /** P-81: what the room's game asks of newcomers. */
  ticket?: Uint8Array;
  /** Used only when this join opens the room. */
  capacity?: number;
  unlisted?: boolean;
  metadata?: Record<string, string>;
  /**
   * Whether what was said to this room's game, and has no answer since the session was lost, is said again after this
   * join. A join that the client makes by itself does so.
   */
  repeatSays?: boolean;
}

export interface Offer {
  to: string;
  give?: Goods;
  want?: Goods;
  /** To repeat an offer; by default a new id. */
  tradeId?: Uint8Array;
}

/** Either the offer is open, or, if it was a repeat, it may have ended. */
export interface OfferAnswer {
  tradeId: Uint8Array;
  opened: TradeOpened | undefined;
  result: TradeResult | undefined;
}

interface Wanted {
  room: string;
  options: JoinOptions;
}

/**
 * The client side of a player's session.
 *
 * A refused request fails with {@link TavernError}; one whose answer is lost fails with {@link ConnectionLostError}. What is
 * said to a room's game is carried out once, whatever is lost.
 *
 * When the connection is lost, the client connects again and resumes the session: missed events are told in order, once;
 * requests that the server has not received are sent again; those whose answer is lost fail. When the session cannot be
 * resumed, a new one begins, pending requests fail, and the room is joined again.
 */
export class TavernClient<Say = never, Told = never> {
  readonly #options: ClientOptions<Say, Told>;
  readonly #events = new Emitter<ClientEvents<Told>>();
  readonly #numbers = new EventNumbers();
  readonly #time = new ServerTime(() => performance.now());
  readonly #goods: InventoryUpdates;
  readonly #up: Upstream;
  readonly #link: Link;
  readonly #backoff: Backoff;
  readonly #requestMs: number;

  #state: ConnectionState = "closed";
  #greeting: { resolve(welcome: Welcome): void; reject(why: Error): void } | undefined;
  /** Counts attempts, so that what belongs to an earlier one is noticed. */
  #attempt = 0;
  #sweepTimer: ReturnType<typeof setInterval> | undefined;
  #nextTimer: ReturnType<typeof setTimeout> | undefined;
  #welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  #heardAt = 0;
  #pingedAt = 0;
  #lastError: TavernError | undefined;
  #session: Welcome | undefined;
  #resumeToken: Uint8Array | undefined;
  /** The server to which the client was sent last; undefined after a Welcome where the connector goes by itself. */
  #address: Address | undefined;
  /** Whether the next connection goes there. */
  #isAway = false;
  /** P-105: instead of the resume token, at the server to which the client was sent. */
  #ticket: Uint8Array | undefined;
  /** Where the player was sent, until it is known whether a seat has waited there. */
  #roomToBe = "";
  readonly #hops = new Hops();
  /** P-106: no new connection before, by itself or with `connect`. */
  #restsUntil = 0;
  #room: RoomView | undefined;
  /** Where the player is to be, also in the next session. */
  #wanted: Wanted | undefined;
  /** The last join that was granted, also when its room was left since. */
  #granted: Wanted | undefined;
  /** How many joins of the program are under way. They say where the player is to be, and not what was joined before. */
  #joining = 0;
  /** Whether the client has left it to one of these joins to come to a room. */
  #isLeftToJoin = false;
  /** Whether a lost connection is one that was good before. */
  #wasWelcomed = false;

  constructor(options: ClientOptions<Say, Told>) {
    this.#options = options;
    this.#requestMs = options.requestMs ?? 10_000;
    this.#backoff = new Backoff(options.backoff ?? BACKOFF, Math.random);
    this.#up = new Upstream({ requestMs: this.#requestMs, sayMs: options.sayMs ?? 60_000 }, () => this.#time.now());
    const client = this;
    this.#goods = new InventoryUpdates({
      get isLive() {
        return client.#up.isLive;
      },
      requestInventory: () => this.#ask({ case: "getInventory", value: {} }, "inventoryPage"),
      inventoryChanged: () => this.#events.emit("inventory", this.inventory),
    });
    this.#link = new Link(options.connect, {
      opened: (transport) => this.#sayHello(transport),
      heard: () => this.#heard(),
      message: (bytes) => this.#message(bytes),
      closed: (cause) => this.#closed(cause),
    });
  }

  /** @returns what removes the listener again */
  on<K extends keyof ClientEvents<Told>>(name: K, listener: (event: ClientEvents<Told>[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get isLive(): boolean {
    return this.#up.isLive;
  }

  /** The last Welcome of the session: the player's name, the limits; undefined without a session. */
  get session(): Welcome | undefined {
    return this.#session;
  }

  /** The room as last told; undefined when in none. */
  get room(): RoomView | undefined {
    return this.#room;
  }

  get inventory(): PlayerInventory {
    return this.#goods.inventory;
  }

  /** The server's date in milliseconds since 1970. @throws Error before the first connection */
  get serverMs(): number {
    return this.#time.now();
  }

  /**
   * Connects and says hello; resumes the session if there is one that can be resumed. Fails with the first attempt; only
   * when a connection that was live is lost does the client go on trying.
   */
  connect(): Promise<Welcome> {
    return new Promise((resolve, reject) => {
      if (this.#state !== "closed") {
        throw new Error(`already ${this.#state}`);
      }
      this.#greeting = { resolve, reject };
      this.#sweepTimer ??= setInterval(() => this.#sweep(), SWEEP_MS);
      const restMs = this.#restsUntil - performance.now();
      if (restMs > 0) {
        this.#setState("waiting");
        this.#nextTimer = setTimeout(() => this.#open(), restMs);
      } else {
        this.#open();
      }
    });
  }

  /** While `waiting`: tries now, for example because the device says that it is online again. */
  retryNow(): void {
    if (this.#state === "waiting") {
      clearTimeout(this.#nextTimer);
      this.#backoff.succeeded();
      this.#open();
    }
  }

  /** Ends the session, then closes the connection. */
  close(): void {
    clearTimeout(this.#nextTimer);
    this.#up.send({ case: "bye", value: {} });
    // Without `reconnect` a session can wait for the next `connect` while there is no connection.
    const waits = this.#state !== "closed" || this.#resumeToken !== undefined;
    this.#forget();
    if (this.#link.isOpen) {
      this.#link.close();
    } else if (waits) {
      this.#closed();
    }
  }

  /** Closes the connection without a message, as a network does. The session can still be resumed. */
  drop(): void {
    this.#link.close();
  }

  /**
   * Joins a room, on another server if it lives there. Fails with the code and text of the room's game when that refuses;
   * then the player stays where they were.
   */
  async join(room: string, options: JoinOptions = {}): Promise<RoomView> {
    this.#joining++;
    try {
      return await this.#join(room, options);
    } catch (error) {
      if (this.#isLeftToJoin && this.#up.isLive && !this.#room) {
        // The task after this one, for then it is no longer under way.
        queueMicrotask(() => this.#rejoin());
      }
      throw error;
    } finally {
      this.#joining--;
      this.#isLeftToJoin &&= this.#joining > 0;
    }
  }

  async #join(room: string, options: JoinOptions): Promise<RoomView> {
    const { type, ticket, capacity, unlisted, metadata, repeatSays = false } = options;
    const opening = capacity || unlisted || metadata ? { options: { capacity, unlisted, metadata } } : {};
    const value = { room, type, ticket, ...opening };
    for (;;) {
      const { body } = await this.#up.request({ case: "joinRoom", value });
      if (body.case === "redirect") {
        await this.#follow(body.value);
        continue;
      }
      const joined = expected(body, "joined");
      this.#wanted = this.#granted = { room: joined.room, options };
      this.#up.says.joined(joined.room, repeatSays);
      if (!this.#room) {
        throw new ConnectionLostError("joinRoom: the room was left again");
      }
      return this.#room;
    }
  }

  leave(): Promise<Left> {
    return this.#ask({ case: "leaveRoom", value: {} }, "left");
  }

  /** P-28: a page of rooms, in the order of their names. @param after `next` of the page before */
  list(
    filter: { prefix?: string; after?: string; max?: number; metadata?: Record<string, string> } = {},
  ): Promise<RoomList> {
    return this.#ask({ case: "listRooms", value: filter }, "roomList");
  }

  /**
   * Asks to be at a place, in 1/16 of a unit; answered only when it is impossible.
   *
   * @returns the message's seq; 0 when it was not sent, because there is no connection or the network is far behind
   */
  move(x: number, y: number): number {
    return this.#up.move(x, y);
  }

  /** Resolves with the player's own copy of what everybody in the room heard. */
  chat(text: string): Promise<ChatMessage> {
    return this.#ask({ case: "chat", value: { text } }, "chat");
  }

  whisper(to: string, text: string): Promise<WhisperDelivered> {
    return this.#ask({ case: "whisper", value: { to, text } }, "whisperDelivered");
  }

  /** P-57: an id for a new offer, by the server's time. */
  newTradeId(): Uint8Array {
    return uuidV7(this.#time.now());
  }

  /** Offers a trade. It may be repeated under the same id, and happens once. */
  async offer({ to, give, want, tradeId = this.newTradeId() }: Offer): Promise<OfferAnswer> {
    const value = { tradeId, to, give: goodsMessage(give), want: goodsMessage(want) };
    const { body } = await this.#up.request({ case: "tradeOffer", value });
    return body.case === "tradeResult"
      ? { tradeId, opened: undefined, result: body.value }
      : { tradeId, opened: expected(body, "tradeOpened"), result: undefined };
  }

  accept(from: string, tradeId: Uint8Array): Promise<TradeResult> {
    return this.#ask({ case: "tradeAccept", value: { from, tradeId } }, "tradeResult");
  }

  decline(from: string, tradeId: Uint8Array): Promise<TradeResult> {
    return this.#ask({ case: "tradeDecline", value: { from, tradeId } }, "tradeResult");
  }

  cancel(tradeId: Uint8Array): Promise<TradeResult> {
    return this.#ask({ case: "tradeCancel", value: { tradeId } }, "tradeResult");
  }

  /** Asks for all that the player owns. The client does so by itself when it has missed a change. */
  readInventory(): Promise<void> {
    return this.#goods.read();
  }

  ping(): Promise<Pong> {
    return this.#ask({ case: "ping", value: { nonce: BigInt(Math.floor(performance.now() * 1000)) } }, "pong");
  }

  /**
   * Says something to the room's game. Resolves when it is carried out, and durable; it is carried out once, whatever is
   * lost. What is said while something else is under way waits its turn.
   */
  async say(message: Say): Promise<void> {
    const { game } = this.#options;
    if (!game) {
      throw new Error("the client was made without a game");
    }
    if (!this.#room) {
      throw new TavernError({ code: ErrorCode.NOT_IN_ROOM, text: "you are in no room", retryAfterMs: 0 });
    }
    await this.#up.say(this.#room.name, game.encode(message));
  }

  // ---- the connection ----

  #setState(state: ConnectionState): void {
    if (this.#state !== state) {
      this.#state = state;
      this.#events.emit("state", state);
    }
  }

  #open(): void {
    this.#attempt++;
    this.#lastError = undefined;
    this.#setState("connecting");
    this.#welcomeTimer = setTimeout(
      () => this.#link.close(new Error(`no welcome within ${this.#requestMs} ms`)),
      this.#requestMs,
    );
    try {
      this.#link.open(this.#isAway ? this.#address : undefined);
    } catch (error) {
      this.#closed(error as Error);
      return;
    }
  }

  async #sayHello(transport: Transport): Promise<void> {
    const attempt = this.#attempt;
    try {
      const { token } = this.#options;
      const proof = typeof token === "string" ? token : await token();
      if (attempt === this.#attempt && this.#link.isOpen) {
        this.#heardAt = this.#pingedAt = performance.now();
        this.#up.open(transport, this.#hello(proof));
      }
    } catch (error) {
      if (attempt === this.#attempt) {
        this.#link.close(error as Error);
      }
    }
  }

  /** P-20, P-21: where the resumed session continues. */
  #hello(token: string): RequestBody {
    const resumeToken = this.#resumeToken && (this.#ticket ?? this.#resumeToken);
    const value = {
      protocolVersion: PROTOCOL_VERSION,
      token,
      follows: true,
      ...(resumeToken && { resumeToken, lastSessionSeq: this.#numbers.session }),
      ...(resumeToken && this.#room && { lastRoom: this.#room.name, lastRoomSeq: this.#numbers.room }),
    };
    return { case: "hello", value };
  }

  #sweep(): void {
    const now = performance.now();
    this.#up.expire(now);
    if (this.#up.isLive && now - this.#heardAt > this.#idleMs) {
      this.#link.close(new Error(`the server was silent for ${this.#idleMs} ms`));
    }
    this.#pingIfDue(now);
    // Pending requests may outlive the connection, and so does the timer that expires them.
    if (this.#state === "closed" && !this.#up.hasPending) {
      clearInterval(this.#sweepTimer);
      this.#sweepTimer = undefined;
    }
  }

  get #idleMs(): number {
    return this.#session?.limits?.idleMs || 15_000;
  }

  /** P-11. What becomes of the ping shows in what is heard. */
  #pingIfDue(now: number): void {
    // A third of the time, of which the timer may use up its interval.
    const pauseMs = Math.max(this.#idleMs / 6, this.#idleMs / 3 - SWEEP_MS);
    if (this.#up.isLive && now - this.#pingedAt > pauseMs) {
      this.#pingedAt = now;
      this.ping().catch(() => {});
    }
  }

  #closed(cause?: Error): void {
    const error = this.#lastError;
    const greeting = this.#greeting;
    const wasLive = this.#up.isLive;
    const isThrottled = error?.code === ErrorCode.AUTH_THROTTLED;
    // P-20: an earlier try of this Hello, whose connection is lost, has overtaken the one that was answered.
    const isOvertaken = error?.code === ErrorCode.SESSION_REPLACED && !wasLive && this.#resumeToken !== undefined;
    if (error?.endsSession && !isThrottled && !isOvertaken) {
      this.#forget();
    }
    this.#greeting = undefined;
    this.#ticket = undefined;
    clearTimeout(this.#welcomeTimer);
    this.#up.closed();
    if (!this.#resumeToken) {
      this.#session = undefined;
      this.#room = undefined;
      this.#up.sessionEnded();
    }
    if (this.#state === "connecting") {
      // P-104: any server of the realm will do, and one of these two may be gone for good.
      this.#isAway = !this.#isAway && this.#address !== undefined;
    }
    const goesOn = this.#options.reconnect !== false && this.#wasWelcomed;
    this.#setState(goesOn ? "waiting" : "closed");
    if (wasLive) {
      this.#events.emit("disconnected", { error, cause });
    }
    greeting?.reject(error ?? new ConnectionLostError(`closed before the welcome${cause ? `: ${cause.message}` : ""}`));
    // A listener may have closed the client.
    if (goesOn && this.#state === "waiting") {
      if (!wasLive) {
        this.#backoff.failed(isThrottled ? AUTH_THROTTLED_MS : error?.retryAfterMs);
      }
      const restMs = Math.max(0, this.#restsUntil - performance.now());
      this.#nextTimer = setTimeout(() => this.#open(), this.#backoff.next(restMs));
    } else if (!goesOn && !greeting && !this.#resumeToken) {
      this.#events.emit("closed", { error });
    }
  }

  /** The session is over for good, and no other follows by itself. */
  #forget(): void {
    this.#resumeToken = undefined;
    this.#wanted = undefined;
    this.#granted = undefined;
    this.#address = undefined;
    this.#isAway = false;
    this.#wasWelcomed = false;
  }

  /** P-106: goes on at another server. A session for which there is no ticket stays behind, and ends. */
  #follow(to: Redirect): Promise<Welcome> {
    return new Promise((resolve, reject) => {
      if (!this.#up.isLive) {
        throw new ConnectionLostError("joinRoom: the connection was lost");
      }
      const waitMs = this.#hops.waitMs(performance.now());
      if (waitMs > 0) {
        throw new SentOnTooOftenError(waitMs);
      }
      if (to.ticket.length === 0) {
        this.#up.send({ case: "bye", value: {} });
        this.#resumeToken = undefined;
        this.#room = undefined;
      }
      this.#greeting = { resolve, reject };
      this.#go(to);
    });
  }

  #go({ host, port, ticket }: Redirect): void {
    clearTimeout(this.#welcomeTimer);
    this.#link.forget();
    this.#up.closed();
    this.#ticket = ticket.length > 0 ? ticket : undefined;
    this.#address = { host, port };
    this.#isAway = true;
    this.#hops.add(performance.now());
    this.#open();
  }

  /** P-106: a Redirect that answers the Hello, or that nobody has asked for. */
  #sent(to: Redirect): void {
    if (this.#up.isLive) {
      if (to.ticket.length === 0) {
        return;
      }
      this.#roomToBe = to.room;
    }
    // P-102: for a Hello there need be no ticket; it is said elsewhere as it is.
    const now = performance.now();
    if (this.#hops.waitMs(now) > 0) {
      const restMs = this.#hops.restMs(now, this.#session?.resumeMs ?? 0);
      this.#restsUntil = now + restMs;
      this.#link.close(new SentOnTooOftenError(restMs));
    } else {
      this.#go(to);
    }
  }

  // ---- what the server says ----

  /** P-11: a part of a long message is a sign of life too. */
  #heard(): void {
    this.#heardAt = performance.now();
    // A browser slows down the timers of a page that is not seen, but not what it hears.
    this.#pingIfDue(this.#heardAt);
  }

  #message(bytes: Uint8Array): void {
    const message = fromBinary(ServerMessageSchema, bytes);
    if (!this.#numbers.isNew(message, (what) => this.#events.emit("fault", what))) {
      return;
    }
    this.#receive(message);
    this.#answer(message);
    // P-21: only now, so that what was not dealt with comes again with the next resume.
    this.#numbers.keep(message);
    this.#events.emit("message", message);
  }

  #receive(message: ServerMessage): void {
    const { body } = message;
    switch (body.case) {
      case "welcome":
        return this.#welcomed(body.value);
      case "joined":
        return this.#joined(body.value);
      case "left":
        this.#wanted = undefined;
        return this.#leftRoom(body.value.room);
      case "replayed": {
        this.#up.says.replayed();
        const roomToBe = this.#roomToBe;
        this.#roomToBe = "";
        if (roomToBe !== "" && this.#room?.name !== roomToBe) {
          // P-106: no seat has waited.
          this.#wanted = this.#joinAsBefore(roomToBe);
          this.#rejoin();
        } else if (!this.#room) {
          // The connection was lost while the client was joining again.
          this.#rejoin();
        }
        return;
      }
      case "pong":
        return this.#time.hear(body.value.serverTimeMs);
      case "snapshot":
        return this.#snapshot(body.value);
      case "custom":
        // P-86
        return this.#told(message.roomSeq || message.sessionSeq ? "told" : "hinted", body.value.payload);
      default:
        this.#goods.heard(message);
        this.#tell(message);
    }
  }

  #welcomed(welcome: Welcome): void {
    const greeting = this.#greeting;
    if (this.#up.isLive) {
      this.#events.emit("fault", "a second welcome");
      return;
    }
    const isResumed = welcome.resumed && this.#resumeToken !== undefined;
    this.#greeting = undefined;
    clearTimeout(this.#welcomeTimer);
    this.#session = welcome;
    this.#resumeToken = welcome.resumeToken;
    this.#address = this.#isAway ? this.#address : undefined;
    const hasMoved = this.#ticket !== undefined;
    this.#ticket = undefined;
    this.#wasWelcomed = true;
    this.#backoff.succeeded();
    this.#time.hear(welcome.serverTimeMs);
    // Before a listener sends anything new.
    if (isResumed) {
      this.#up.resumed(welcome.lastClientSeq, hasMoved);
    } else {
      this.#room = undefined;
      if (this.#roomToBe !== "") {
        // P-106: the session is lost on the way.
        this.#wanted = this.#joinAsBefore(this.#roomToBe);
        this.#roomToBe = "";
      }
      this.#numbers.reset();
      this.#up.began();
    }
    this.#setState("live");
    this.#events.emit("welcome", welcome);
    this.#goods.welcomed(isResumed);
    greeting?.resolve(welcome);
    if (!isResumed && !greeting) {
      this.#rejoin();
    }
  }

  /** With what its game asked for (P-80, P-81), if this is the room that was joined last. */
  #joinAsBefore(room: string): Wanted {
    return this.#granted?.room === room ? this.#granted : { room, options: {} };
  }

  /** The session was lost, or the room: joins again where the player was. */
  #rejoin(): void {
    const wanted = this.#wanted;
    if (!wanted || this.#options.reconnect === false) {
      return;
    }
    if (this.#joining > 0) {
      this.#isLeftToJoin = true;
      return;
    }
    this.#join(wanted.room, { ...wanted.options, repeatSays: true }).catch((error: unknown) => {
      if (this.#wanted !== wanted || !this.#up.isLive) {
        return;
      }
      if (error instanceof TavernError && !error.isNotNow && error.code !== ErrorCode.ROOM_CLOSED) {
        this.#wanted = undefined;
        this.#events.emit("left", { room: wanted.room, error });
      } else {
        const pause =
          error instanceof TavernError ? error.retryAfterMs : error instanceof SentOnTooOftenError ? error.waitMs : 0;
        setTimeout(() => {
          if (this.#wanted === wanted && this.#up.isLive && !this.#room) {
            this.#rejoin();
          }
        }, Math.max(REJOIN_MS_MIN, pause));
      }
    });
  }

  #joined(joined: Joined): void {
    this.#room = new RoomView(joined);
    if (this.#wanted?.room !== joined.room) {
      // P-35: perhaps nobody asked for it; if somebody did, the answer tells with which options.
      this.#wanted = this.#joinAsBefore(joined.room);
    }
    this.#up.says.moved(joined.room);
    this.#events.emit("room", this.#room);
    if (joined.type !== "") {
      this.#told("view", joined.view);
    }
  }

  #leftRoom(room: string, error?: TavernError): void {
    this.#room = undefined;
    this.#up.says.moved("");
    this.#events.emit("left", { room, error });
  }

  #told(name: "view" | "told" | "hinted", payload: Uint8Array): void {
    const { game } = this.#options;
    if (!game) {
      return;
    }
    let what: Told;
    try {
      what = game.decode(payload);
    } catch (error) {
      this.#events.emit("fault", `the game's codec cannot read what the game ${name}: ${error}`);
      return;
    }
    this.#events.emit(name, what);
  }

  #snapshot(snapshot: Snapshot): void {
    const room = this.#room;
    if (!room) {
      // About a room that was just left.
      return;
    }
    const { moved, entered, left, attributes, anew, unknown } = room.apply(snapshot);
    if (unknown > 0) {
      this.#events.emit("fault", `a snapshot names ${unknown} entities that do not fit what is in the room and in view`);
    }
    for (const [name, entities] of [["moved", moved], ["wentOutOfView", left], ["cameIntoView", entered]] as const) {
      for (const entity of entities) {
        this.#events.emit(name, entity);
      }
    }
    for (const change of attributes) {
      this.#events.emit("attribute", change);
    }
    if (anew) {
      this.#events.emit("room", room);
    }
    this.#events.emit("snapshot", room);
  }

  #tell({ body, replyTo }: ServerMessage): void {
    const room = this.#room;
    switch (body.case) {
      case "fullState":
        if (room) {
          room.replace(body.value);
          this.#events.emit("room", room);
        }
        break;
      case "playerJoined":
        if (room && body.value.entity) {
          this.#events.emit("playerJoined", room.add(body.value.entity));
        }
        break;
      case "playerLeft":
        room?.remove(body.value.id);
        this.#events.emit("playerLeft", body.value);
        break;
      case "tickRate":
        if (room) {
          room.pass(body.value.permille);
          this.#events.emit("timeRate", room.timeRate);
        }
        break;
      case "moveRejected":
        this.#events.emit("moveRejected", { seq: replyTo, x: body.value.x, y: body.value.y });
        break;
      case "chat":
        this.#events.emit("chat", body.value);
        break;
      case "whisper":
        this.#events.emit("whisper", body.value);
        break;
      case "tradeOffered":
        this.#events.emit("tradeOffered", body.value);
        break;
      case "tradeResult":
        this.#events.emit("tradeResult", body.value);
        break;
      case "inventoryChanged":
        this.#events.emit("inventoryChanged", body.value);
        break;
      case "announcement":
        this.#events.emit("announcement", body.value.text);
        break;
      case "draining":
        this.#events.emit("draining", body.value.deadlineMs);
        break;
      case "roomSuspended":
        this.#events.emit("roomSuspended", body.value.room);
        break;
      case "roomResumed":
        this.#events.emit("roomResumed", body.value.room);
        break;
    }
  }

  #answer(message: ServerMessage): void {
    const { body, replyTo } = message;
    if (this.#up.says.answer(message)) {
      return;
    }
    // P-15: one's own chat line answers the request.
    const isOwnChat = body.case === "chat" && body.value.player === this.#session?.player;
    const seq = isOwnChat ? body.value.clientSeq : replyTo;
    const pending = this.#up.take(seq);
    if (body.case === "redirect" && !pending) {
      this.#sent(body.value);
      return;
    }
    if (body.case !== "error") {
      pending?.answered(message);
      if (!pending && body.case === "joined") {
        // P-35, or the answer to a join that was given up.
        this.#up.says.joined(body.value.room, false);
      }
      return;
    }
    const error = new TavernError(body.value);
    if (pending) {
      pending.failed(error);
    } else {
      this.#events.emit("error", { seq, error });
    }
    if (error.closesConnection || this.#state === "connecting") {
      // P-5: also a Hello that is answered "not now": another connection tries again later.
      this.#lastError = error;
      this.#link.close();
    } else if (seq === 0 && error.code === ErrorCode.ROOM_CLOSED && this.#room) {
      // P-29: the room is gone, the session goes on without one.
      this.#room = undefined;
      this.#up.says.hold();
      this.#rejoin();
    }
  }

  async #ask<C extends AnswerCase>(request: RequestBody, answer: C): Promise<AnswerOf<C>> {
    const { body } = await this.#up.request(request);
    return expected(body, answer);
  }
}

type Answer = Exclude<ServerMessage["body"], { case: undefined }>;
type AnswerCase = Answer["case"];
type AnswerOf<C extends AnswerCase> = Extract<Answer, { case: C }>["value"];

function expected<C extends AnswerCase>(body: ServerMessage["body"], answer: C): AnswerOf<C> {
  if (body.case !== answer) {
    throw new Error(`the server answered with ${body.case} instead of ${answer}`);
  }
  return body.value as AnswerOf<C>;
}
