import type { MessageInitShape } from "@bufbuild/protobuf";
import { ConnectionLostError } from "./errors.js";
import type { ClientMessageSchema } from "./gen/tavern/v1/client_pb.js";
import type { ServerMessage } from "./gen/tavern/v1/server_pb.js";
import { isAfter } from "./numbers.js";

export type RequestBody = Exclude<NonNullable<MessageInitShape<typeof ClientMessageSchema>["body"]>, { case: undefined }>;

export interface Pending {
  body: RequestBody;
  deadline: number;
  answered(message: ServerMessage): void;
  failed(why: Error): void;
}

/** P-14: these answers are numbered, so they are replayed on a resume; all others are lost. */
const REPLAYED: ReadonlySet<RequestBody["case"]> = new Set([
  "chat",
  "whisper",
  "tradeOffer",
  "tradeAccept",
  "tradeDecline",
  "tradeCancel",
]);

/** These change nothing, or nothing more when they are made twice. */
const MAY_BE_ASKED_AGAIN: ReadonlySet<RequestBody["case"]> = new Set([
  "joinRoom",
  "listRooms",
  "getInventory",
  "getLeaderboard",
  "ping",
]);

/** Requests that wait for their answers, by seq, oldest first. */
export class PendingRequests {
  readonly #bySeq = new Map<number, Pending>();

  get size(): number {
    return this.#bySeq.size;
  }

  add(seq: number, pending: Pending): void {
    this.#bySeq.set(seq, pending);
  }

  take(seq: number): Pending | undefined {
    const pending = this.#bySeq.get(seq);
    this.#bySeq.delete(seq);
    return pending;
  }

  expire(now: number): void {
    this.#fail(this.#remove(({ deadline }) => deadline <= now), "the request timed out");
  }

  failAll(why: string): void {
    this.#fail(this.#remove(() => true), why);
  }

  /**
   * P-22: sorts the requests after a resume. @returns those to be sent again: what the server never received and, when it was
   * the client that closed the connection to go to another server, what may be asked again there
   */
  resume(lastHeardSeq: number, hasMoved: boolean): Pending[] {
    const unheard = this.#remove(
      ({ body }, seq) => isAfter(seq, lastHeardSeq) || (hasMoved && MAY_BE_ASKED_AGAIN.has(body.case)),
    );
    this.#fail(this.#remove(({ body }) => !REPLAYED.has(body.case)), "the answer was lost with the connection");
    return unheard;
  }

  #remove(which: (pending: Pending, seq: number) => boolean): Pending[] {
    const removed: Pending[] = [];
    for (const [seq, pending] of this.#bySeq) {
      if (which(pending, seq)) {
        this.#bySeq.delete(seq);
        removed.push(pending);
      }
    }
    return removed;
  }

  #fail(all: Pending[], why: string): void {
    for (const { body, failed } of all) {
      failed(new ConnectionLostError(`${body.case}: ${why}`));
    }
  }
}
