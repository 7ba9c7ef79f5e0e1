package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Position;
import tavern.server.store.Causes;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;
import tavern.server.store.PlayerPosition;
import tavern.server.store.RoomStore;
import tavern.server.store.StaleFenceException;

/**
 * Writes chat and places to the store with a short delay, in batches. One write of each kind is under way at a time;
 * what fails is written again, with what has come since. Bounded: the newest chat lines, and one place a player.
 */
@OnRoomThread
final class WriteBehind {
    /**
     * A write without a reply for this long counts as failed and is repeated. Should the first one be carried out after
     * all, the store recognises repeated lines by their numbers, and applies places in the order in which they were
     * sent.
     */
    private static final long WRITE_SECONDS_MAX = 5;

    /** When a room ends, what failed is written again after so long. */
    private static final long LAST_WRITES_MILLIS = 100;

    private final RoomId room;
    private final long fence;
    private final RoomStore store;
    private final RoomSettings settings;
    private final EventExecutor roomThread;
    private final WriteBeat beat;
    private final Runnable onBeat = this::onBeat;
    private final BooleanSupplier mayWrite;
    private final Runnable stale;

    private List<ChatLine> chat = new ArrayList<>();
    private Map<PlayerId, Position> positions = new LinkedHashMap<>();
    /** The number of the next line: continues from the newest one in the store when the room opened. */
    private long nextNumber;

    private boolean awaitsBeat;
    private boolean failed;
    private boolean discarding;
    private @Nullable CompletableFuture<Void> chatWrite;
    private @Nullable CompletableFuture<Void> positionsWrite;

    /**
     * @param lastNumber of the newest line in the store
     * @param beat the moments at which the rooms of the thread write chat
     * @param mayWrite whether the room is certainly ours; pending writes wait until it is
     * @param stale called when another server owns the room
     */
    WriteBehind(
            RoomId room,
            long fence,
            long lastNumber,
            RoomStore store,
            RoomSettings settings,
            EventExecutor roomThread,
            WriteBeat beat,
            BooleanSupplier mayWrite,
            Runnable stale) {
        this.room = room;
        this.fence = fence;
        this.nextNumber = lastNumber + 1;
        this.store = store;
        this.settings = settings;
        this.roomThread = roomThread;
        this.beat = beat;
        this.mayWrite = mayWrite;
        this.stale = stale;
    }

    void chat(ChatLine line) {
        chat.add(line);
        nextNumber++;
        if (chat.size() > settings.chatHistory()) {
            chat.remove(0);
        }
        awaitBeat();
    }

    private void awaitBeat() {
        if (!awaitsBeat && !chat.isEmpty() && !discarding) {
            awaitsBeat = true;
            beat.next(onBeat);
        }
    }

    private void onBeat() {
        awaitsBeat = false;
        flushChat();
        // What could not be written now is still there.
        awaitBeat();
    }

    void position(PlayerId player, Position position) {
        positions.put(player, position);
        if (positions.size() > 2 * settings.capacity()) {
            positions.remove(positions.keySet().iterator().next());
        }
    }

    /**
     * Erases a player from the lines that are not written yet. Completes on the room's thread, without a failure, when the
     * write of older lines has ended too: from then on they are in the store, or were put back and erased here.
     */
    CompletableFuture<Void> erase(Erasure erasure) {
        chat.replaceAll(erasure::clean);
        return chatWrite == null
                ? CompletableFuture.completedFuture(null)
                : chatWrite.thenRun(() -> chat.replaceAll(erasure::clean));
    }

    /** Nothing is written any more, and what is pending is lost: another server writes by now, or the room is closed. */
    void discard() {
        discarding = true;
        chat = new ArrayList<>();
        positions = new LinkedHashMap<>();
    }

    /** Writes everything pending. Completes on the room's thread; never fails. */
    CompletableFuture<Void> flush() {
        failed = false;
        flushChat();
        flushPositions();
        if (chatWrite == null && positionsWrite == null) {
            return CompletableFuture.completedFuture(null);
        }
        // Changes that came while a write was under way go with the next one.
        return CompletableFuture.allOf(done(chatWrite), done(positionsWrite))
                .thenCompose(written -> failed ? CompletableFuture.completedFuture(null) : flush());
    }

    /**
     * Writes everything pending, again and again while that fails, or is not possible just now; discards what is left at the
     * end. To be called when nothing more comes. Completes on the room's thread.
     *
     * @param isLate from then on nothing is tried again; what is under way is still waited for
     */
    CompletableFuture<Void> finish(BooleanSupplier isLate) {
        CompletableFuture<Void> finished = new CompletableFuture<>();
        finish(isLate, finished);
        return finished;
    }

    private void finish(BooleanSupplier isLate, CompletableFuture<Void> finished) {
        flush().thenRun(() -> {
            if (isFlushed() || discarding || isLate.getAsBoolean()) {
                discard();
                finished.complete(null);
            } else {
                roomThread.schedule(() -> finish(isLate, finished), LAST_WRITES_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Whether everything is written. */
    boolean isFlushed() {
        return chat.isEmpty() && positions.isEmpty() && chatWrite == null && positionsWrite == null;
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
                        awaitBeat();
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
                // Flushed now, because nothing else would save the places of those who left meanwhile.
                flushPositions();
            }
        });
    }

    private CompletableFuture<Void> written(CompletionStage<Void> write, Outcome outcome) {
        CompletableFuture<Void> reply = write.toCompletableFuture().copy();
        // A timer of this thread; that of CompletableFuture would wake another thread for each write.
        Future<?> limit = roomThread.schedule(
                () -> reply.completeExceptionally(new TimeoutException()), WRITE_SECONDS_MAX, TimeUnit.SECONDS);
        return reply.handleAsync(
                (nothing, failure) -> {
                    limit.cancel(false);
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
