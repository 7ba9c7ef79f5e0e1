package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.engine.RecordingFile;
import tavern.game.Admission;
import tavern.game.GameType;
import tavern.game.Kept;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.Joined;
import tavern.server.game.RoomRules;

/** A room's game, as the room sees it. */
@OnRoomThread
interface GameHost {
    /** Begins, or goes on with what was kept; completes once people may be let in. */
    CompletionStage<Void> begin();

    /** The game's scene, for another server. */
    MovedScene scene(long nowMillis);

    /**
     * Goes on with a room that comes from another server. Before {@link #begin}, after the rules were restored.
     *
     * @param values what the game keeps of those who are in the room and take part
     */
    void restore(Map<PlayerId, Map<String, Kept>> values, MovedScene scene, long nowMillis);

    /** The room's rules, which the game is a part of. */
    RoomRules rules();

    /** The keys of the values that are to be read before somebody comes in. Safe on any thread. */
    Set<String> keeps();

    /** Whether somebody is asked for before a seat elsewhere is given up (P-81). Safe on any thread. */
    boolean admitsFirst();

    /** Whether each one who comes in is to be told to the game before the next is asked for. */
    default boolean admitsOneByOne() {
        return true;
    }

    /**
     * Whether somebody may come in, for a full room too. What the game throws passes through.
     *
     * @throws RefusedException when not
     */
    Admission.Whole admit(Player who, ByteString ticket);

    /** Adds what the game shows to who comes in. */
    void describe(Seat seat, Joined.Builder joined);

    /** A player has a seat, and has been sent {@code Joined}. */
    void joined(Seat seat, Map<String, Kept> values);

    /** The connection is lost, and the seat is kept. */
    void dropped(Seat seat);

    /** The player is back over another connection. */
    void returned(Seat seat);

    /** The seat is gone. */
    void left(Seat seat);

    /** Completes when no turn that a player who has left made, or that his leaving makes, is under way any more. */
    CompletionStage<Void> settled(PlayerId player);

    /** Another room has sent something; completes with whether it is durable here, or never will be. */
    CompletionStage<Boolean> signalled(RoomId from, long number, ByteString what);

    /**
     * Reads the room with another version of its game.
     *
     * @return goes on with it
     * @throws IllegalArgumentException when it cannot
     */
    Runnable readBy(GameType<?, ?, ?> other);

    /** For operators; empty without a game, and before it is open. */
    Optional<GameReport> report();

    /** A page of the scene, for operators; empty when nothing moves. @param after the number after which it begins */
    Optional<SceneReport> scene(int after, int max);

    /** What was recorded; without entries when nothing is. */
    RecordingFile recording();

    /** The room closes, or is another server's by now: nothing is done any more. */
    void stop();

    /** There is no game: the rules alone count. */
    static GameHost none(RoomRules rules) {
        return new GameHost() {
            @Override
            public CompletionStage<Void> begin() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public MovedScene scene(long nowMillis) {
                return MovedScene.NONE;
            }

            @Override
            public void restore(Map<PlayerId, Map<String, Kept>> values, MovedScene scene, long nowMillis) {}

            @Override
            public RoomRules rules() {
                return rules;
            }

            @Override
            public Set<String> keeps() {
                return Set.of();
            }

            @Override
            public boolean admitsFirst() {
                return false;
            }

            @Override
            public boolean admitsOneByOne() {
                return false;
            }

            @Override
            public Admission.Whole admit(Player who, ByteString ticket) {
                return Admission.Whole.PLAYER;
            }

            @Override
            public void describe(Seat seat, Joined.Builder joined) {}

            @Override
            public void joined(Seat seat, Map<String, Kept> values) {}

            @Override
            public void dropped(Seat seat) {}

            @Override
            public void returned(Seat seat) {}

            @Override
            public void left(Seat seat) {}

            @Override
            public CompletionStage<Void> settled(PlayerId player) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<Boolean> signalled(RoomId from, long number, ByteString what) {
                // Nobody will ever want it here.
                return CompletableFuture.completedFuture(true);
            }

            @Override
            public Runnable readBy(GameType<?, ?, ?> other) {
                return () -> {};
            }

            @Override
            public Optional<GameReport> report() {
                return Optional.empty();
            }

            @Override
            public Optional<SceneReport> scene(int after, int max) {
                return Optional.empty();
            }

            @Override
            public RecordingFile recording() {
                return RecordingFile.NONE;
            }

            @Override
            public void stop() {}
        };
    }
}
