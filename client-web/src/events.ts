import type { TavernError } from "./errors.js";
import type {
  ChatMessage,
  InventoryChanged,
  PlayerLeft,
  ServerMessage,
  TradeOffered,
  TradeResult,
  Welcome,
  WhisperReceived,
} from "./gen/tavern/v1/server_pb.js";
import type { PlayerInventory } from "./inventory.js";
import type { AttributeChange, Entity, RoomView } from "./room.js";

/**
 * - `connecting`: on the way to a `Welcome`
 * - `live`: welcomed
 * - `waiting`: the connection was lost, another one follows
 * - `closed`: until `connect` is called
 */
export type ConnectionState = "connecting" | "live" | "waiting" | "closed";

/** What a client tells its listeners; when a message also answers a request, before the request's promise. */
export interface ClientEvents<Told> {
  state: ConnectionState;
  /** Before any replayed events. When `resumed` is false, the player is in no room. */
  welcome: Welcome;
  /** Another connection follows by itself, unless `reconnect` is false. */
  disconnected: { error: TavernError | undefined; cause: Error | undefined };
  /** The session is over, and no connection follows. */
  closed: { error: TavernError | undefined };

  /** The player came into a room, or all that was known of its entities was replaced. */
  room: RoomView;
  /**
   * The player is in no room any more, asked or not; `error` says why the client could not join it again. When a game puts the
   * player out (P-81), the event `error` before this one says why, and the client does not join again: neither should the
   * program without being told to.
   */
  left: { room: string; error: TavernError | undefined };
  /** P-80: what the room's game shows to who comes in, or comes back having missed too much. Follows `room`. */
  view: Told;
  /** The room's game has told something, to all or to this player. */
  told: Told;
  /** P-86: the same, but good for the moment only, and left out while the connection is slow. */
  hinted: Told;

  /** A snapshot was applied; after the four below. */
  snapshot: RoomView;
  moved: Entity;
  /** P-37: the place is known from now on. P-84: also of an NPC that appeared. */
  cameIntoView: Entity;
  /** P-37: the place is no longer known. P-84: also of an NPC that vanished, and is in the room no longer. */
  wentOutOfView: Entity;
  /** P-85: of an entity that was in view before; its attributes are those of now. */
  attribute: AttributeChange;
  /** P-112: the room's time passes at this speed from now on, 1 at full speed; `RoomView.timeRate` tells it too. */
  timeRate: number;
  /** The player stands here instead, in 1/16 of a unit; `seq` is that of the move. */
  moveRejected: { seq: number; x: number; y: number };
  playerJoined: Entity;
  playerLeft: PlayerLeft;

  /** A chat line, including the player's own. */
  chat: ChatMessage;
  whisper: WhisperReceived;
  tradeOffered: TradeOffered;
  /** The final outcome of a trade, including one that answers the player's own request. */
  tradeResult: TradeResult;
  /** What the player owns has changed, or all of it was told. */
  inventory: PlayerInventory;
  /** The goods changed by something other than a trade in the room. */
  inventoryChanged: InventoryChanged;

  announcement: string;
  /** The server stops within so many milliseconds. */
  draining: number;
  /** P-29: the room stands still until `roomResumed`, or the next `welcome`: a room that still does is told again after that. */
  roomSuspended: string;
  roomResumed: string;
  /** An error that answers no pending request; `seq` is 0 for the connection as a whole, or for a room that has gone. */
  error: { seq: number; error: TavernError };
  /** The server, or the game's codec, broke the rules in a way that the client can live with. */
  fault: string;
  /** Every message except repeats, after it was dealt with. */
  message: ServerMessage;
}
