package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.Kept;
import tavern.server.game.Position;
import tavern.server.store.PlayerRecord;

/**
 * What a room is told about who comes in, all of it read before.
 *
 * @param at where the player last stood in this room, or null if not known
 * @param values of the keys that the room's game keeps ({@link tavern.game.GameType#keeps})
 * @param ticket what the client sent for the room's game (P-81)
 */
public record Arrival(PlayerRecord player, @Nullable Position at, Map<String, Kept> values, ByteString ticket) {
    public Arrival {
        values = Map.copyOf(values);
    }

    /** Of somebody who comes into a room without a game. */
    public static Arrival of(PlayerRecord player, @Nullable Position at) {
        return new Arrival(player, at, Map.of(), ByteString.EMPTY);
    }
}
