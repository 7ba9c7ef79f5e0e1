export { TavernClient } from "./client.js";
export type { ClientOptions, JoinOptions, Offer, OfferAnswer } from "./client.js";
export type { BackoffOptions } from "./backoff.js";
export { ConnectionLostError, TavernError } from "./errors.js";
export type { ClientEvents, ConnectionState } from "./events.js";
export { protobufGame, type GameCodec } from "./game.js";
export type { Goods } from "./goods.js";
export type { PlayerInventory } from "./inventory.js";
export type { AttributeChange, Entity, RoomView } from "./room.js";
export type { Address, Connector, Transport, TransportListener } from "./transport.js";
export { hex } from "./uuid.js";
export { webSocket } from "./websocket.js";
export * from "./gen/tavern/v1/common_pb.js";
export { TradeOutcome } from "./gen/tavern/v1/server_pb.js";
export type {
  ChatMessage, InventoryChanged, Joined, Left, PlayerLeft, Pong, RoomInfo, RoomList, ServerMessage, TradeOffered,
  TradeOpened, TradeResult, Welcome, WhisperDelivered, WhisperReceived,
} from "./gen/tavern/v1/server_pb.js";
