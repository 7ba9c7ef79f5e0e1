import { create, toBinary } from "@bufbuild/protobuf";
import { ConnectionLostError } from "./errors.js";
import { frame } from "./frames.js";
import { ClientMessageSchema } from "./gen/tavern/v1/client_pb.js";
import type { ServerMessage } from "./gen/tavern/v1/server_pb.js";
import { seqAfter } from "./numbers.js";
import { type Pending, PendingRequests, type RequestBody } from "./requests.js";
import { PendingSays } from "./says.js";
import type { Transport } from "./transport.js";

/** Waiting requests, and waiting messages to games, of one client. */
const PENDING_MAX = 1_024;

/** Bytes that wait for the network; above it moves are left out, since the next one replaces them anyway. */
const MOVE_BUFFERED_MAX = 64 * 1024;

export interface Patience {
  /** How long until an unanswered request fails. */
  requestMs: number;
  /** The same for what is said to a game; longer than a server takes to come back, since it can be said again then. */
  sayMs: number;
}

/** Numbers and sends the client's messages, and keeps those that wait for answers. */
export class Upstream {
  readonly #patience: Patience;
  readonly #requests = new PendingRequests();
  readonly says: PendingSays;
  #transport: Transport | undefined;
  #live = false;
  #lastSeq = 0;
  /** Of the Hello that has no Welcome yet; 0: none. */
  #helloSeq = 0;

  constructor(patience: Patience, serverMs: () => number) {
    this.#patience = patience;
    this.says = new PendingSays({
      send: (body) => this.send(body),
      later: (task, ms) => void setTimeout(task, ms),
      serverMs,
    });
  }

  get isLive(): boolean {
    return this.#live;
  }

  get hasPending(): boolean {
    return this.#requests.size + this.says.size > 0;
  }

  /**
   * P-20: until there is a Welcome, each Hello has the same number. With a higher one the Welcome's last_client_seq would be
   * that of a Hello whose Welcome was lost, and not tell what was received before.
   */
  open(transport: Transport, hello: RequestBody): void {
    this.#transport = transport;
    this.#helloSeq ||= seqAfter(this.#lastSeq);
    this.#lastSeq = this.#helloSeq;
    transport.send(encoded(this.#helloSeq, hello));
  }

  /** P-22: the session goes on, and what the server has not received is sent again. */
  resumed(lastHeardSeq: number, hasMoved: boolean): void {
    this.#live = true;
    this.#helloSeq = 0;
    for (const pending of this.#requests.resume(lastHeardSeq, hasMoved)) {
      this.#requests.add(this.#write(pending.body), pending);
    }
    this.says.resumed(lastHeardSeq);
  }

  /** A new session has begun, and the one before is lost, if there was one. */
  began(): void {
    this.#live = true;
    this.#helloSeq = 0;
    this.#requests.failAll("the session was not resumed");
    this.says.hold();
  }

  closed(): void {
    this.#transport = undefined;
    this.#live = false;
  }

  sessionEnded(): void {
    this.#requests.failAll("the session ended");
    this.says.failAll("the session ended");
  }

  /** @returns the message's seq, or 0 when there is no connection */
  send(body: RequestBody): number {
    return this.#live ? this.#write(body) : 0;
  }

  move(x: number, y: number): number {
    const isBehind = (this.#transport?.buffered ?? 0) > MOVE_BUFFERED_MAX;
    return isBehind ? 0 : this.send({ case: "move", value: { x, y } });
  }

  #write(body: RequestBody): number {
    // Encoded before it is numbered: a value that cannot be encoded throws, and must not use up a number.
    const seq = seqAfter(this.#lastSeq);
    const bytes = encoded(seq, body);
    this.#lastSeq = seq;
    this.#transport?.send(bytes);
    return seq;
  }

  request(body: RequestBody): Promise<ServerMessage> {
    return new Promise((answered, failed) => {
      if (!this.#live) {
        throw new ConnectionLostError(`${body.case}: there is no connection`);
      }
      if (this.#requests.size >= PENDING_MAX) {
        throw new Error(`${PENDING_MAX} requests are already waiting for answers`);
      }
      const deadline = performance.now() + this.#patience.requestMs;
      this.#requests.add(this.#write(body), { body, deadline, answered, failed });
    });
  }

  async say(room: string, payload: Uint8Array): Promise<void> {
    if (!this.#live) {
      throw new ConnectionLostError("there is no connection");
    }
    if (this.says.size >= PENDING_MAX) {
      throw new Error(`${PENDING_MAX} messages to the game are already waiting for answers`);
    }
    await this.says.say(room, payload, performance.now() + this.#patience.sayMs);
  }

  /** Removes the request with this seq, if one waits for its answer. */
  take(seq: number): Pending | undefined {
    return seq === 0 ? undefined : this.#requests.take(seq);
  }

  expire(now: number): void {
    this.#requests.expire(now);
    this.says.expire(now);
  }
}

function encoded(seq: number, body: RequestBody): Uint8Array<ArrayBuffer> {
  return frame(toBinary(ClientMessageSchema, create(ClientMessageSchema, { seq, body })));
}
