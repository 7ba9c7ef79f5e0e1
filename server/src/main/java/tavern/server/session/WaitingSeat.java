package tavern.server.session;

import tavern.game.RoomId;
import tavern.server.cluster.Node;

/** A room that has moved to another server, where the player's seat waits for the session. */
record WaitingSeat(RoomId room, Node node) {}
