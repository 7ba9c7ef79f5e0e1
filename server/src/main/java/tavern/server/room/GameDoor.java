package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.engine.RecordingFile;
import tavern.game.GameType;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.store.Causes;

/** What others ask of a room's game. Safe on any thread; returns at once. */
public final class GameDoor {
    private final Room room;
    private final GameHost game;
    private final RoomDoor door;
    private final RuleFailureLog failures;

    GameDoor(Room room, GameHost game, RoomDoor door, RuleFailureLog failures) {
        this.room = room;
        this.game = game;
        this.door = door;
        this.failures = failures;
    }

    /** The keys of the values that are to be read before somebody comes in. */
    public Set<String> keeps() {
        return game.keeps();
    }

    /** Whether {@link #admits} is to be asked before a seat elsewhere is given up (P-81). */
    public boolean admitsFirst() {
        return game.admitsFirst();
    }

    /**
     * P-81: completes on the room's thread with how a join would end now. Fails with {@link RefusedException} when the
     * game refuses.
     */
    public CompletionStage<Joining> admits(RoomMember member, ByteString ticket) {
        return room.ask(there -> {
            Joining closed = there.closedFor();
            return closed == null ? door.admits(member, ticket) : closed;
        });
    }

    /**
     * Begins the game; completes once people may be let in. If it fails, the room is closed, and can be opened again.
     */
    CompletionStage<Room> begin() {
        return room.ask(there -> game.begin())
                .thenCompose(open -> open)
                .handle((open, failure) -> failure)
                .thenCompose(failure -> {
                    if (failure != null) {
                        return unbegun(Causes.of(failure));
                    }
                    room.begun();
                    return CompletableFuture.completedFuture(room);
                });
    }

    private CompletionStage<Room> unbegun(Throwable failure) {
        boolean isAnswer = failure instanceof RefusedException;
        room.command(() -> {
            if (!isAnswer) {
                failures.report(failure, "the beginning of its game", "");
            }
            room.close();
        });
        RuntimeException answer = isAnswer
                ? (RefusedException) failure
                : new RefusedException(
                        ErrorCode.UNAVAILABLE, "the game of room " + room.id() + " failed; see the server's log");
        return room.gone().thenCompose(closed -> CompletableFuture.failedFuture(answer));
    }

    /** Completes if the room could go on with another version of its game; else fails with {@link IllegalArgumentException}. */
    CompletionStage<Void> reads(GameType<?, ?, ?> other) {
        return room.ask(there -> {
            game.readBy(other);
            return null;
        });
    }

    /**
     * Goes on with another version of the game, and shows everybody the room anew. If that cannot be, the room is dissolved: it
     * must not go on with what is no longer there.
     */
    CompletionStage<Void> use(GameType<?, ?, ?> other) {
        return room.ask(there -> {
            try {
                game.readBy(other).run();
                door.showAnew();
            } catch (RuntimeException e) {
                failures.report(e, "going on with a new version of its game", "");
                there.dissolve("the room is opened anew; join again");
            }
            return null;
        });
    }

    /** For operators: what there is of the game; empty without one, and before it is open. */
    public CompletionStage<Optional<GameReport>> report() {
        return room.ask(there -> game.report());
    }

    /**
     * For operators: a page of the game's scene; empty when nothing moves.
     *
     * @param after the number of a player or an NPC after which the page begins
     * @param max how many at most, which bounds what the room's thread does for it
     */
    public CompletionStage<Optional<SceneReport>> scene(int after, int max) {
        return room.ask(there -> game.scene(after, max));
    }

    /** What was recorded of the game until now; without entries when nothing is. */
    CompletionStage<RecordingFile> recording() {
        return room.ask(there -> game.recording());
    }

    /** Brings another room's signal; completes with whether it is durable here, or never will be. */
    CompletionStage<Boolean> signalled(RoomId from, long number, ByteString what) {
        return room.ask(there -> there.closedFor() == null
                        ? game.signalled(from, number, what)
                        : CompletableFuture.completedFuture(false))
                .thenCompose(isThere -> isThere);
    }
}
