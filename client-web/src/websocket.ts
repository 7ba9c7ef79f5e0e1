import type { Address, Connector } from "./transport.js";

/** The subprotocol in which a WebSocket carries the stream of frames. */
const SUBPROTOCOL = "tavern.v1";

/**
 * Connects over a WebSocket: in browsers, and wherever there is a global `WebSocket`.
 *
 * @param url such as `wss://play.example.org/tavern`; a redirect changes its host and port only
 */
export function webSocket(url: string | URL): Connector {
  return (listener, to) => {
    const socket = new WebSocket(redirected(url, to), SUBPROTOCOL);
    socket.binaryType = "arraybuffer";
    let open = true;
    const close = (cause?: Error) => {
      if (open) {
        open = false;
        listener.closed(cause);
      }
    };
    socket.onopen = () => open && listener.opened();
    socket.onmessage = ({ data }) => {
      if (!open) {
        return;
      }
      if (data instanceof ArrayBuffer) {
        listener.received(new Uint8Array(data));
      } else {
        socket.close();
        close(new Error("the server sent text"));
      }
    };
    socket.onclose = ({ code, reason, wasClean }) => {
      close(wasClean ? undefined : new Error(`the WebSocket broke (${code} ${reason})`));
    };
    return {
      get buffered() {
        return socket.bufferedAmount;
      },
      send: (bytes) => socket.send(bytes),
      close: () => {
        socket.close();
        // A browser waits for the other side before it says that the socket is closed, and that side may be gone.
        queueMicrotask(close);
      },
    };
  };
}

function redirected(url: string | URL, to?: Address): URL {
  const target = new URL(url);
  if (to) {
    target.hostname = to.host.includes(":") ? `[${to.host}]` : to.host;
    target.port = String(to.port);
  }
  return target;
}
