/** P-2: a varint32 length in front of each message. */
export function frame(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const head: number[] = [];
  let rest = message.length;
  while (rest > 0x7f) {
    head.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  head.push(rest);
  const bytes = new Uint8Array(head.length + message.length);
  bytes.set(head);
  bytes.set(message, head.length);
  return bytes;
}

/** Cuts a stream of bytes, which may come in any pieces, into messages. */
export class FrameDecoder {
  #buffer: Uint8Array = new Uint8Array(0);
  readonly #frameBytesMax: number;

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax;
  }

  /**
   * Takes bytes and hands on the messages that they complete. Stops when `isOpen` says so.
   *
   * @throws Error when what comes cannot be a frame
   */
  read(bytes: Uint8Array, message: (bytes: Uint8Array) => void, isOpen: () => boolean): void {
    let data = this.#buffer.length === 0 ? bytes : joined(this.#buffer, bytes);
    let at = 0;
    while (isOpen()) {
      const head = length(data, at);
      if (!head) {
        break;
      }
      if (head.length > this.#frameBytesMax) {
        throw new Error(`a frame of ${head.length} bytes; at most ${this.#frameBytesMax} are accepted`);
      }
      const end = head.end + head.length;
      if (end > data.length) {
        break;
      }
      message(data.subarray(head.end, end));
      at = end;
    }
    data = data.subarray(at);
    // What is left may be a view of a buffer that the transport uses again.
    this.#buffer = data.length === 0 ? data : data.slice();
  }
}

function length(data: Uint8Array, at: number): { length: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    const next = data[at + i];
    if (next === undefined) {
      return undefined;
    }
    value += (next & 0x7f) * 2 ** (7 * i);
    if (next < 0x80) {
      return { length: value, end: at + i + 1 };
    }
  }
  throw new Error("a frame whose length is no varint32");
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
