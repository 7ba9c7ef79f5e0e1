import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { FrameDecoder, frame } from "../src/frames.js";
import { type ClientMessage, ClientMessageSchema } from "../src/gen/tavern/v1/client_pb.js";
import { ServerMessageSchema } from "../src/gen/tavern/v1/server_pb.js";
// For what Node 18 lacks.
import "../src/tcp.js";
import type { Address, Connector, TransportListener } from "../src/transport.js";

/** The server's end of a connection that has no network. */
export class MemoryConnection {
  readonly received: ClientMessage[] = [];
  readonly to: Address | undefined;
  isClosed = false;
  readonly #listener: TransportListener;
  readonly #decoder = new FrameDecoder(1 << 20);

  constructor(listener: TransportListener, to?: Address) {
    this.#listener = listener;
    this.to = to;
  }

  take(bytes: Uint8Array): void {
    this.#decoder.read(bytes, (message) => this.received.push(fromBinary(ClientMessageSchema, message)), () => true);
  }

  send(message: MessageInitShape<typeof ServerMessageSchema>): void {
    this.sendFrame(frame(toBinary(ServerMessageSchema, create(ServerMessageSchema, message))));
  }

  sendFrame(bytes: Uint8Array): void {
    this.#listener.received(bytes);
  }

  open(): void {
    this.#listener.opened();
  }

  drop(): void {
    this.isClosed = true;
    this.#listener.closed(new Error("dropped"));
  }

  /** The message with this body, which must be the only one so far that has not been asked for. */
  next(): ClientMessage {
    const message = this.received.shift();
    if (!message) {
      throw new Error("the client has sent nothing");
    }
    return message;
  }
}

/** A server in memory: a test sees what a client sends, and answers by hand. */
export class MemoryServer {
  readonly connections: MemoryConnection[] = [];

  readonly connect: Connector = (listener, to) => {
    const connection = new MemoryConnection(listener, to);
    this.connections.push(connection);
    queueMicrotask(() => connection.open());
    return {
      buffered: 0,
      send: (bytes) => connection.take(bytes),
      close: () => {
        connection.isClosed = true;
        queueMicrotask(() => connection.drop());
      },
    };
  };

  get last(): MemoryConnection {
    const connection = this.connections.at(-1);
    if (!connection) {
      throw new Error("no client has connected");
    }
    return connection;
  }
}

/** Waits for a condition; a test has no other way to wait. */
export async function until(what: string, condition: () => boolean, patienceMs = 60_000): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!condition()) {
    if (performance.now() > end) {
      throw new Error(`after ${patienceMs} ms still not: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
