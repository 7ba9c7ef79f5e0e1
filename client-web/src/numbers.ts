import type { ServerMessage } from "./gen/tavern/v1/server_pb.js";

/** P-10: a seq is never 0. */
export function seqAfter(seq: number): number {
  return seq === 0xffff_ffff ? 1 : seq + 1;
}

/** P-10: numbers wrap around, so "after" is the sign of the difference. */
export function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** P-21: the numbers of the newest room event and personal event, from which a resume continues. */
export class EventNumbers {
  room = 0n;
  session = 0n;

  reset(): void {
    this.room = 0n;
    this.session = 0n;
  }

  /** @returns whether the message is not a repeat. @param fault hears of numbers that were left out or came again */
  isNew(message: ServerMessage, fault: (what: string) => void): boolean {
    // P-23: a join gives the number from which to continue.
    const ofRoom = message.body.case === "joined" ? 0n : message.roomSeq;
    return follows("session", this.session, message.sessionSeq, fault) && follows("room", this.room, ofRoom, fault);
  }

  /** The message has been dealt with. */
  keep(message: ServerMessage): void {
    if (message.sessionSeq !== 0n) {
      this.session = message.sessionSeq;
    }
    if (message.roomSeq !== 0n || message.body.case === "joined") {
      this.room = message.roomSeq;
    }
  }
}

function follows(counter: string, last: bigint, next: bigint, fault: (what: string) => void): boolean {
  if (next === 0n) {
    return true;
  }
  if (next !== last + 1n) {
    fault(`the ${counter} event ${next} came after ${last}`);
  }
  return next > last;
}
