import type { Connector, Transport } from "../src/transport.js";
import type { Dice } from "./dice.js";

/** Mutable, so that a test decides when connections begin to break, and when they stop. */
export interface Cuts {
  left: number;
  done: number;
}

/** Bytes both ways; most connections break between the hello and the end of what is replayed, or soon after. */
const BYTES_MAX = 1_200;

/** Connections that break after a number of bytes, in the middle of a frame like as not, in either direction. */
export function cutting(connect: Connector, cuts: Cuts, dice: Dice, bytesMax = BYTES_MAX): Connector {
  return (listener, to) => {
    // A few break at once, so that a Welcome is lost, and a resume is repeated with the same token.
    let bytesLeft = dice.below(dice.below(4) === 0 ? 200 : bytesMax);
    let isCut = false;
    const inner: Transport = connect(
      {
        opened: () => !isCut && listener.opened(),
        received: (bytes) => {
          if (!isCut) {
            const part = take(bytes);
            if (part.length > 0) {
              listener.received(part);
            }
            cutIfDue();
          }
        },
        closed: (cause) => {
          if (!isCut) {
            isCut = true;
            listener.closed(cause);
          }
        },
      },
      to,
    );
    const take = <T extends Uint8Array>(bytes: T): T => {
      if (cuts.left <= 0) {
        return bytes;
      }
      const part = bytes.subarray(0, Math.max(0, bytesLeft)) as T;
      bytesLeft -= bytes.length;
      return part;
    };
    const cutIfDue = () => {
      if (bytesLeft <= 0 && cuts.left > 0 && !isCut) {
        isCut = true;
        cuts.left--;
        cuts.done++;
        inner.close();
        listener.closed(new Error("cut"));
      }
    };
    return {
      get buffered() {
        return inner.buffered;
      },
      send: (bytes) => {
        if (!isCut) {
          const part = take(bytes);
          if (part.length > 0) {
            inner.send(part);
          }
          // Not within the caller, as with a network.
          queueMicrotask(cutIfDue);
        }
      },
      close: () => inner.close(),
    };
  };
}
