import { FrameDecoder } from "./frames.js";
import type { Address, Connector, Transport, TransportListener } from "./transport.js";

/** P-4: what a server sends grows with the room. */
const FRAME_BYTES_MAX = 16 * 1024 * 1024;

export interface LinkListener {
  opened(transport: Transport): void;
  /** Bytes have come, which need not complete a message. */
  heard(): void;
  message(bytes: Uint8Array): void;
  closed(cause?: Error): void;
}

/** At most one connection at a time, as messages; forgets a connection as soon as it is closed from this side. */
export class Link {
  readonly #connect: Connector;
  readonly #listener: LinkListener;
  #current: { transport: Transport } | undefined;

  constructor(connect: Connector, listener: LinkListener) {
    this.#connect = connect;
    this.#listener = listener;
  }

  get isOpen(): boolean {
    return this.#current !== undefined;
  }

  open(to?: Address): void {
    const decoder = new FrameDecoder(FRAME_BYTES_MAX);
    let transport: Transport | undefined;
    const isCurrent = () => transport !== undefined && this.#current?.transport === transport;
    const listener: TransportListener = {
      opened: () => {
        if (transport && isCurrent()) {
          this.#listener.opened(transport);
        }
      },
      received: (bytes) => {
        if (!isCurrent()) {
          return;
        }
        this.#listener.heard();
        try {
          decoder.read(bytes, (message) => this.#listener.message(message), isCurrent);
        } catch (error) {
          if (isCurrent()) {
            this.close(error as Error);
          }
        }
      },
      closed: (cause) => {
        if (isCurrent()) {
          this.#current = undefined;
          this.#listener.closed(cause);
        }
      },
    };
    transport = this.#connect(listener, to);
    this.#current = { transport };
  }

  /** Closes the connection, if there is one, and says so at once. */
  close(cause?: Error): void {
    if (this.forget()) {
      this.#listener.closed(cause);
    }
  }

  /** Closes the connection and says nothing. @returns whether there was one */
  forget(): boolean {
    const current = this.#current;
    this.#current = undefined;
    current?.transport.close();
    return current !== undefined;
  }
}
