package tavern.server.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tavern.server.game.PlayerId;
import tavern.server.game.Position;
import tavern.server.game.RoomId;
import tavern.server.store.Causes;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerPosition;
import tavern.server.store.StaleFenceException;
import tavern.server.store.Store;

/**
 * Chat and places on their way to the store, a little late and together. One write of each sort is under way at a
 * time; what fails is written again with what has come since. Bounded: the newest chat lines, one place a player.
 */
@OnRoomThread
final class WriteBehind {
    /**
     * A write without an answer for so long counts as failed and is done again. Should the first be done after all, the
     * numbers of its lines tell it for a repeat, and of places the store keeps the order in which it was asked.
     */
    private static final long WRITE_SECONDS_MAX = 5;

    private final RoomId room;
    private final long fence;
    private final Store store;
    private final RoomSettings settings;
    private final Executor roomThread;
    private final BooleanSupplier mayWrite;
    private final Runnable stale;

    private List<ChatLine> chat = new ArrayList<>();
    private Map<PlayerId, Position> positions = new LinkedHashMap<>();
    /** Of the next line: what was said under this fence comes after what was said under earlier ones. */
    private long nextNumber;

    private long chatSinceMillis;
    private boolean failed;
    private boolean discarding;
    private @Nullable CompletableFuture<Void> chatWrite;
    private @Nullable CompletableFuture<Void> positionsWrite;

    /** @param mayWrite whether the room is surely ours; what cannot be written waits @param stale it is another's */
    WriteBehind(
            RoomId room,
            long fence,
            Store store,
            RoomSettings settings,
            Executor roomThread,
            BooleanSupplier mayWrite,
            Runnable stale) {
        this.room = room;
        this.fence = fence;
        this.nextNumber = fence;
        this.store = store;
        this.settings = settings;
        this.roomThread = roomThread;
        this.mayWrite = mayWrite;
        this.stale = stale;
    }

    void chat(ChatLine line, long nowMillis) {
        if (chat.isEmpty()) {
            chatSinceMillis = nowMillis;
        }
        chat.add(line);
        nextNumber++;
        if (chat.size() > settings.chatHistory()) {
            chat.remove(0);
        }
    }

    void position(PlayerId player, Position position) {
        positions.put(player, position);
        if (positions.size() > 2 * settings.capacity()) {
            positions.remove(positions.keySet().iterator().next());
        }
    }

    /** Writes chat that has waited: all rooms at the same time, for the store commits together what comes together. */
    void tick(long nowMillis) {
        if (!chat.isEmpty() && chatSinceMillis < nowMillis - nowMillis % settings.chatFlushMillis()) {
            chatSinceMillis = nowMillis;
            flushChat();
        }
    }

    /** Whether {@link #tick} has nothing to write, and no write is under way that may have to be done again. */
    boolean isAtRest() {
        return chat.isEmpty() && chatWrite == null && positionsWrite == null;
    }

    /** Somebody else writes by now: what is left here is worth nothing. */
    void discard() {
        discarding = true;
        chat = new ArrayList<>();
        positions = new LinkedHashMap<>();
    }

    /** Writes all there is. Completes on the room's thread; never fails. */
    CompletableFuture<Void> flush() {
        failed = false;
        flushChat();
        flushPositions();
        if (chatWrite == null && positionsWrite == null) {
            return CompletableFuture.completedFuture(null);
        }
        // What came while a write was under way goes with the next one.
        return CompletableFuture.allOf(done(chatWrite), done(positionsWrite))
                .thenCompose(written -> failed ? CompletableFuture.completedFuture(null) : flush());
    }

    private static CompletableFuture<Void> done(@Nullable CompletableFuture<Void> write) {
        return write == null ? CompletableFuture.completedFuture(null) : write;
    }

    private boolean isHeldBack() {
        return discarding || !mayWrite.getAsBoolean();
    }

    private void flushChat() {
        if (chat.isEmpty() || chatWrite != null || isHeldBack()) {
            return;
        }
        List<ChatLine> lines = chat;
        chat = new ArrayList<>();
        chatWrite = written(
                store.appendChat(room, fence, nextNumber - lines.size(), lines, settings.chatHistory()), lost -> {
                    chatWrite = null;
                    if (lost) {
                        lines.addAll(chat);
                        chat = new ArrayList<>(
                                lines.subList(Math.max(0, lines.size() - settings.chatHistory()), lines.size()));
                    }
                });
    }

    void flushPositions() {
        if (positions.isEmpty() || positionsWrite != null || isHeldBack()) {
            return;
        }
        Map<PlayerId, Position> places = positions;
        positions = new LinkedHashMap<>();
        List<PlayerPosition> rows = new ArrayList<>(places.size());
        places.forEach((player, position) -> rows.add(new PlayerPosition(player, position)));
        positionsWrite = written(store.savePositions(room, fence, rows), lost -> {
            positionsWrite = null;
            if (lost) {
                places.putAll(positions);
                positions = places;
            } else {
                // Of those who left meanwhile nobody would think again.
                flushPositions();
            }
        });
    }

    private CompletableFuture<Void> written(CompletionStage<Void> write, Outcome outcome) {
        return write.toCompletableFuture()
                .copy()
                .orTimeout(WRITE_SECONDS_MAX, TimeUnit.SECONDS)
                .handleAsync(
                        (nothing, failure) -> {
                            failed |= failure != null;
                            outcome.accept(failure != null);
                            if (failure != null && Causes.of(failure) instanceof StaleFenceException) {
                                stale.run();
                            }
                            return (Void) null;
                        },
                        roomThread);
    }

    @FunctionalInterface
    private interface Outcome {
        void accept(boolean failed);
    }
}
