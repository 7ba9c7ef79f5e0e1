package tavern.server.room;

import com.google.protobuf.UnsafeByteOperations;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.engine.KeptOptions;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.store.ChatHistory;
import tavern.server.store.KeptGame;

/**
 * How a room is set up when it opens: P-80.
 *
 * @param options those of the room, as far as its type leaves them to its opener
 * @param chosen what the room's first opener chose, whoever opens it now
 * @param type null for the built-in rules
 * @param kept what the room's game has kept; null for a room that was never there
 */
record RoomPlan(
        RoomOptions options,
        KeptOptions chosen,
        ChatHistory history,
        @Nullable RoomType type,
        @Nullable KeptGame kept) {
    /**
     * @param byClient whether a client opens the room, and not the server itself
     * @throws RefusedException when there can be no such room here
     */
    static RoomPlan of(
            RoomId room,
            RoomOptions asked,
            boolean byClient,
            ChatHistory history,
            Optional<KeptGame> kept,
            RoomTypes types) {
        KeptGame game = kept.orElse(null);
        if (game != null) {
            check(room, game.type(), asked.type());
        }
        String name = game == null ? asked.type() : game.type();
        if (name.isEmpty()) {
            return new RoomPlan(asked, KeptOptions.NONE, history, null, null);
        }
        RoomType type = types.find(name);
        if (type == null && game != null) {
            throw new RefusedException(
                    ErrorCode.UNAVAILABLE,
                    "room " + room + " is of type " + name + ", which this server does not have");
        }
        if (type == null) {
            throw new RefusedException(ErrorCode.BAD_VALUE, "there is no type " + name);
        }
        if (game == null && byClient && !type.clientsMayOpen()) {
            throw new RefusedException(ErrorCode.NOT_ALLOWED, "rooms of type " + name + " are not opened by players");
        }
        KeptOptions chosen = game == null ? new KeptOptions(asked.unlisted(), asked.metadata()) : chosen(game);
        RoomOptions options =
                new RoomOptions(type.capacity(), chosen.unlisted() || !type.listed(), chosen.metadata(), name);
        return new RoomPlan(options, chosen, history, type, game);
    }

    private static KeptOptions chosen(KeptGame game) {
        try {
            return KeptOptions.of(UnsafeByteOperations.unsafeWrap(game.state()));
        } catch (IllegalArgumentException e) {
            return new KeptOptions(true, Map.of()); // it will not open, and says why when its game begins
        }
    }

    /** How long the room stays open with nobody in it. */
    long idleCloseMillis(RoomSettings settings) {
        return (type == null ? settings.idleCloseSeconds() : type.idleCloseSeconds()) * 1_000L;
    }

    /** @throws RefusedException when another type was asked for than the room has */
    static void check(RoomId room, String has, String asked) {
        if (!asked.isEmpty() && !asked.equals(has)) {
            String is = has.isEmpty() ? " has the built-in rules" : " is of type " + has;
            throw new RefusedException(ErrorCode.BAD_VALUE, "room " + room + is + ", not of type " + asked);
        }
    }
}
