package tavern.server.feed;

import com.google.protobuf.ByteString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Settlement;
import tavern.server.store.AuditAnchors;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Transaction.RoomFence;

/** Publishes committed transactions to other systems. */
public interface Feed extends AutoCloseable {
    /**
     * Returns the event to publish once this trade is committed, which is stored in the same commit, or null for none.
     */
    @Nullable
    OutboxEvent describe(Settlement trade, RoomFence fence, long atMillis);

    /**
     * Returns the event to publish about a transaction other than a trade, or null for none.
     *
     * @param kind of its id; one word of small letters, digits, {@code _} and {@code -}
     */
    @Nullable
    OutboxEvent describe(String kind, @Nullable RoomFence fence, long atMillis);

    /**
     * As {@link #describe(String, RoomFence, long)}, for an event that a room's game publishes.
     *
     * @param event becomes the kind
     * @param body a message of the game's own
     * @throws IllegalArgumentException when the event is not such a word, or is one of the server's own kinds
     */
    @Nullable
    OutboxEvent describe(String event, ByteString body, RoomFence fence, long atMillis);

    /**
     * Tells the feed that this node has added rows to the outbox, so that it need not find them at its next poll. The kits
     * of new players wait for that poll. Safe on any thread; returns at once.
     */
    void committed();

    FeedSettings.Kind kind();

    /** Safe on any thread; returns at once. */
    FeedStatus status();

    /**
     * Messages in the queue {@code tavern.trades.ledger} as of a while ago, or -1 if not known. Safe on any thread;
     * returns at once.
     */
    long ledgerMessages();

    DeadLetters deadLetters();

    /** Where the broker keeps the head of the audit log; empty without a broker. */
    default Optional<AuditAnchors> auditAnchors() {
        return Optional.empty();
    }

    /** Stops publishing; the outbox keeps what is not published. */
    @Override
    void close();

    /** Returns a feed that publishes nothing and adds nothing to the outbox. */
    static Feed disabled() {
        return new Feed() {
            @Override
            public @Nullable OutboxEvent describe(Settlement trade, RoomFence fence, long atMillis) {
                return null;
            }

            @Override
            public @Nullable OutboxEvent describe(String kind, @Nullable RoomFence fence, long atMillis) {
                return null;
            }

            @Override
            public @Nullable OutboxEvent describe(String event, ByteString body, RoomFence fence, long atMillis) {
                return null;
            }

            @Override
            public void committed() {
                // There are no events, so the outbox has no rows.
            }

            @Override
            public FeedSettings.Kind kind() {
                return FeedSettings.Kind.NONE;
            }

            @Override
            public FeedStatus status() {
                return FeedStatus.NONE;
            }

            @Override
            public long ledgerMessages() {
                return 0;
            }

            @Override
            public DeadLetters deadLetters() {
                return DeadLetters.none();
            }

            @Override
            public void close() {
                // Nothing was started.
            }
        };
    }
}
