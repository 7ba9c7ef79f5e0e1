import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameDecoder, frame } from "../src/frames.js";

const MESSAGES = [0, 1, 127, 128, 300, 20_000].map((length) => new Uint8Array(length).fill(length % 251));

function joined(parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test("messages come out as they went in, in pieces of any size", () => {
  const stream = joined(MESSAGES.map(frame));
  for (const size of [1, 2, 3, 7, 1_000, stream.length]) {
    const decoder = new FrameDecoder(20_000);
    const heard: Uint8Array[] = [];
    for (let at = 0; at < stream.length; at += size) {
      // A transport may use its buffer again.
      const piece = stream.slice(at, at + size);
      decoder.read(piece, (message) => heard.push(message.slice()), () => true);
      piece.fill(0xff);
    }
    assert.deepEqual(heard, MESSAGES);
  }
});

test("nothing is handed on after the connection was closed in between", () => {
  const decoder = new FrameDecoder(100);
  const heard: number[] = [];
  decoder.read(joined([frame(new Uint8Array(1)), frame(new Uint8Array(2))]), ({ length }) => heard.push(length), () => heard.length === 0);
  assert.deepEqual(heard, [1]);
});

test("what cannot be a frame is refused, and before its bytes have come", () => {
  const read = (...bytes: number[]) => new FrameDecoder(100).read(Uint8Array.from(bytes), () => assert.fail(), () => true);
  assert.throws(() => read(101), /a frame of 101 bytes; at most 100/);
  assert.throws(() => read(0xff, 0xff, 0xff, 0xff, 0x0f), /a frame of 4294967295 bytes/);
  assert.throws(() => read(0x80, 0x80, 0x80, 0x80, 0x80), /no varint32/);
  read(0xff, 0xff, 0xff, 0xff);
});
