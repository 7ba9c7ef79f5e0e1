package tavern.server.feed;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Messages that could not be published and wait for an operator. Safe on any thread and on any node; methods return at
 * once. Futures complete within {@link #MILLIS_MAX}, or fail with {@link FeedUnavailableException}, whose message says
 * why.
 */
public interface DeadLetters {
    long MILLIS_MAX = 4_000;

    /** The largest number of letters that one command goes through. */
    int LETTERS_MAX = 1_000;

    /**
     * @param letters the oldest first
     * @param total how many letters there are in the queue
     */
    record Found(List<DeadLetter> letters, long total) {}

    /**
     * @param published letters that were delivered to their queues and removed from here
     * @param returned letters that still cannot be routed, and stay
     * @param bodiless letters whose body was left out because the broker refused it, and stay
     * @param left how many letters remain
     */
    record Republished(int published, int returned, int bodiless, long left) {
        public int seen() {
            return published + returned + bodiless;
        }
    }

    /**
     * Whether there were letters at the last count, which is made at the start and about once a minute, or whether this
     * server has put letters there that are not known to be gone. Does not query the broker.
     */
    boolean isSuspected();

    /** Returns how many there are, as of some seconds ago. */
    CompletionStage<Long> count();

    /** Reads letters without removing them. */
    CompletionStage<Found> look(int max);

    /**
     * Publishes letters again, in the same way as the trade was published first, and removes each once the broker has
     * confirmed it. After a failure in between, letters may still be here and may be delivered twice.
     *
     * @param messageId the letter to publish, or null for all, as far as {@link #LETTERS_MAX} and the time allow
     */
    CompletionStage<Republished> republish(@Nullable String messageId);

    /** For a feed that publishes nothing. */
    static DeadLetters none() {
        return new DeadLetters() {
            @Override
            public boolean isSuspected() {
                return false;
            }

            @Override
            public CompletionStage<Long> count() {
                return CompletableFuture.completedFuture(0L);
            }

            @Override
            public CompletionStage<Found> look(int max) {
                return CompletableFuture.completedFuture(new Found(List.of(), 0));
            }

            @Override
            public CompletionStage<Republished> republish(@Nullable String messageId) {
                return CompletableFuture.completedFuture(new Republished(0, 0, 0, 0));
            }
        };
    }
}
