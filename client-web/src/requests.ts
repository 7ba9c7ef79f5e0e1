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

  /** P-22: sorts the requests after a resume. @returns those that the server never received, to be sent again */
  resume(lastHeardSeq: number): Pending[] {
    const unheard = this.#remove((_, seq) => isAfter(seq, lastHeardSeq));
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
