package tavern.server.feed;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What could not be published and waits for an operator. Any thread, on any node; returns at once. Answers come within
 * {@link #MILLIS_MAX}, or fail with {@link FeedUnavailableException}, which says in words why.
 */
public interface DeadLetters {
    long MILLIS_MAX = 4_000;

    /** Letters that one order looks through at the most. */
    int LETTERS_MAX = 1_000;

    /**
     * @param letters the oldest first
     * @param total how many there are
     */
    record Found(List<DeadLetter> letters, long total) {}

    /**
     * @param published letters that are in a queue where they belong, and no longer here
     * @param returned letters that still have nowhere to go, and stay
     * @param bodiless letters whose body was left out because the broker would not have it, and stay
     * @param left how many letters there are now
     */
    record Republished(int published, int returned, int bodiless, long left) {
        public int seen() {
            return published + returned + bodiless;
        }
    }

    /** Whether this server has put letters there since the start that are not known to be gone. Asks nobody. */
    boolean isSuspected();

    /** How many there are, as of some seconds ago. */
    CompletionStage<Long> count();

    /** Reads without taking away. */
    CompletionStage<Found> look(int max);

    /**
     * Publishes letters anew, as the trade was published first, and takes them away once the broker has kept them; after
     * a failure in between they are there still and may come twice.
     *
     * @param messageId null: all that are there, as far as {@link #LETTERS_MAX} and the time go
     */
    CompletionStage<Republished> republish(@Nullable String messageId);

    /** Of a feed that publishes nothing. */
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
