import { ConnectionLostError, TavernError } from "./errors.js";
import { ErrorCode } from "./gen/tavern/v1/common_pb.js";
import type { ServerMessage } from "./gen/tavern/v1/server_pb.js";
import { isAfter } from "./numbers.js";
import type { RequestBody } from "./requests.js";

const RETRY_MS_MIN = 50;

interface Say {
  room: string;
  payload: Uint8Array;
  request: bigint;
  deadline: number;
  done(): void;
  failed(why: Error): void;
  /** Of the last time it was sent; 0: not sent yet. */
  seq: number;
  /** Whether its answer comes with the replay, if it comes. */
  awaitsReplay: boolean;
  /** Whether it may have been carried out before it was sent the last time. */
  isRepeat: boolean;
}

/** What the queue needs of the connection. */
export interface SayWire {
  /** @returns the message's seq, or 0 when there is no connection */
  send(body: RequestBody): number;
  later(task: () => void, ms: number): void;
  /** The server's date in milliseconds. */
  serverMs(): number;
}

/**
 * What the player says to the room's game, oldest first.
 *
 * ```
 *   waiting ──► under way ──► answered
 *      │            │ connection lost: under way until the replay is over, then said again
 *      ▼            ▼
 *     held: the session is lost; said again, or failed, with the next join
 * ```
 *
 * P-82: the game takes a number that is not above the last one it carried out for a repeat. So only one is under way at a
 * time: with two, a repeat of the first could be taken for done when it was refused and the second was not.
 */
export class PendingSays {
  readonly #wire: SayWire;
  #waiting: Say[] = [];
  #held: Say[] = [];
  #underWay: Say | undefined;
  #lastRequest = 0n;

  constructor(wire: SayWire) {
    this.#wire = wire;
  }

  get size(): number {
    return this.#waiting.length + this.#held.length + (this.#underWay ? 1 : 0);
  }

  say(room: string, payload: Uint8Array, deadline: number): Promise<void> {
    return new Promise((done, failed) => {
      const request = this.#nextRequest();
      this.#waiting.push({
        room, payload, request, deadline, done, failed, seq: 0, awaitsReplay: false, isRepeat: false,
      });
      this.#next();
    });
  }

  /** P-82: microseconds of the server's date, so that the next session's numbers are above these. */
  #nextRequest(): bigint {
    const now = BigInt(this.#wire.serverMs()) * 1000n;
    this.#lastRequest = now > this.#lastRequest ? now : this.#lastRequest + 1n;
    return this.#lastRequest;
  }

  #next(): void {
    if (!this.#underWay && this.#held.length === 0) {
      this.#underWay = this.#waiting.shift();
      if (this.#underWay) {
        this.#send(this.#underWay);
      }
    }
  }

  #send(say: Say): void {
    const { payload, request } = say;
    const seq = this.#wire.send({ case: "custom", value: { payload, request } });
    if (seq !== 0) {
      say.isRepeat ||= say.awaitsReplay;
      say.awaitsReplay = false;
      say.seq = seq;
    }
  }

  /** Takes the message if it answers what is under way. @returns whether it does */
  answer(message: ServerMessage): boolean {
    const say = this.#underWay;
    if (!say || say.seq === 0 || message.replyTo !== say.seq) {
      return false;
    }
    if (message.body.case !== "error") {
      this.#underWay = undefined;
      say.done();
      this.#next();
      return true;
    }
    const error = new TavernError(message.body.value);
    if (error.closesConnection) {
      return false;
    }
    if (!say.isRepeat) {
      this.#end(say, error);
    } else if (error.isNotNow) {
      // The first try may have been carried out all the same, unless it was the game that refused the repeat.
      this.#wire.later(() => {
        if (this.#underWay === say) {
          this.#send(say);
        }
      }, Math.max(RETRY_MS_MIN, error.retryAfterMs));
    } else if (error.code !== ErrorCode.NOT_IN_ROOM && error.code !== ErrorCode.ROOM_CLOSED) {
      this.#end(say, error);
    }
    return true;
  }

  #end(say: Say, why: Error): void {
    this.#underWay = undefined;
    say.failed(why);
    this.#next();
  }

  /** P-22: what the server has not received is sent again at once. */
  resumed(lastHeardSeq: number): void {
    const say = this.#underWay;
    if (!say) {
      this.#next();
    } else if (say.seq === 0 || isAfter(say.seq, lastHeardSeq)) {
      this.#send(say);
    } else {
      say.awaitsReplay = true;
    }
  }

  /** P-23: all answers that there were have come. One that is missing was a refusal, or is still to come. */
  replayed(): void {
    if (this.#underWay?.awaitsReplay) {
      this.#send(this.#underWay);
    }
  }

  /** The session or its room is lost, and nothing that was said in it will be answered. */
  hold(): void {
    const say = this.#underWay;
    if (say) {
      say.isRepeat ||= say.seq !== 0;
      say.awaitsReplay = false;
      say.seq = 0;
      this.#held.push(say);
      this.#underWay = undefined;
    }
    this.#held.push(...this.#waiting);
    this.#waiting = [];
  }

  /** The player is in a room. Says again there what is held of it, or lets it fail. */
  joined(room: string, repeats: boolean): void {
    const held = this.#held;
    this.#held = [];
    const again = (say: Say) => repeats && say.room === room;
    this.#waiting.unshift(...held.filter(again));
    fail(held.filter((say) => !again(say)), "the session was lost");
    this.#next();
  }

  /** The player is in this room now, or in none (an empty name): what was said elsewhere will not be answered. */
  moved(room: string): void {
    this.#drop((say) => say.room !== room, "the player has left the room");
    this.#next();
  }

  expire(now: number): void {
    this.#drop(({ deadline }) => deadline <= now, "it was not answered in time");
    this.#next();
  }

  failAll(why: string): void {
    this.#drop(() => true, why);
  }

  #drop(which: (say: Say) => boolean, why: string): void {
    const stays = (say: Say) => !which(say);
    const all = [...(this.#underWay ? [this.#underWay] : []), ...this.#waiting, ...this.#held];
    if (this.#underWay && which(this.#underWay)) {
      this.#underWay = undefined;
    }
    this.#waiting = this.#waiting.filter(stays);
    this.#held = this.#held.filter(stays);
    fail(all.filter(which), why);
  }
}

function fail(says: Say[], why: string): void {
  for (const { room, failed } of says) {
    failed(new ConnectionLostError(`what was said in ${room}: ${why}`));
  }
}
