import { webcrypto } from "node:crypto";
import { connect as connectTcp, isIP } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Address, Connector } from "./transport.js";

// Node 18 has it, but not as a global.
globalThis.crypto ??= webcrypto as Crypto;

/**
 * Connects over TCP, in Node.
 *
 * @param tls for a server with a certificate; `{}` for one that the system trusts
 */
export function tcp(server: Address, tls?: ConnectionOptions): Connector {
  return (listener, to = server) => {
    const socket = tls
      ? connectTls({ ...(isIP(to.host) ? {} : { servername: to.host }), ...tls, ...to })
      : connectTcp(to);
    let cause: Error | undefined;
    socket.setNoDelay(true);
    socket.once(tls ? "secureConnect" : "connect", () => listener.opened());
    socket.on("data", (bytes: Uint8Array) => listener.received(bytes));
    socket.on("error", (error) => (cause = error));
    socket.once("close", () => listener.closed(cause));
    return {
      get buffered() {
        return socket.writableLength;
      },
      send: (bytes) => void socket.write(bytes),
      close: () => {
        if (socket.writableLength === 0) {
          socket.destroy();
        } else {
          // What is written leaves first, for a while: the other side may not read.
          socket.end(() => socket.destroy());
          setTimeout(() => socket.destroy(), 1_000).unref();
        }
      },
    };
  };
}
