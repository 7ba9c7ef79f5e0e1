package tavern.server.room;

import java.util.Map;
import tavern.game.PlayerId;
import tavern.server.room.moving.MovingRoom;

/**
 * A room that comes from another server.
 *
 * @param arrivals of its players, without its spectators
 */
record MovedIn(MovingRoom room, Map<PlayerId, Arrival> arrivals) {
    MovedIn {
        arrivals = Map.copyOf(arrivals);
    }
}
