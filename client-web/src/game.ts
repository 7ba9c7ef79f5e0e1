import { type DescMessage, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";

/** How a game's own messages become bytes: what players say, and what the game tells and shows. */
export interface GameCodec<Say, Told> {
  encode(message: Say): Uint8Array;
  decode(bytes: Uint8Array): Told;
}

/** For a game whose messages are protobuf, as those of all games written for the server's API are. */
export function protobufGame<I extends DescMessage, O extends DescMessage>(
  say: I,
  told: O,
): GameCodec<MessageShape<I>, MessageShape<O>> {
  return {
    encode: (message) => toBinary(say, message),
    decode: (bytes) => fromBinary(told, bytes),
  };
}
