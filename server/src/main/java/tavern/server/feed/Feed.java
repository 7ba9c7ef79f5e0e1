package tavern.server.feed;

import org.jspecify.annotations.Nullable;
import tavern.server.game.RoomId;
import tavern.server.game.Settlement;
import tavern.server.store.OutboxEvent;

/** Committed trades to the outside. */
public interface Feed extends AutoCloseable {
    /** What is to be published once this trade is committed; it goes into the same commit. Null: nothing. */
    @Nullable
    OutboxEvent describe(Settlement settlement, RoomId room, long fence, long atMillis);

    /** The outbox has new rows, as far as this node knows. Any thread; returns at once. */
    void committed();

    FeedSettings.Kind kind();

    /** Any thread; returns at once. */
    FeedStatus status();

    DeadLetters deadLetters();

    /** Stops publishing; what is in the outbox stays there. */
    @Override
    void close();

    /** Publishes nothing, so that nothing piles up in the outbox. */
    static Feed disabled() {
        return new Feed() {
            @Override
            public @Nullable OutboxEvent describe(Settlement settlement, RoomId room, long fence, long atMillis) {
                return null;
            }

            @Override
            public void committed() {
                // Without an event there is no row.
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
