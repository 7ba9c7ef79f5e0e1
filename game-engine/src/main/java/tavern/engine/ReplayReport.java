package tavern.engine;

import com.google.protobuf.MessageLite;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.engine.recorded.RecordedTurn;

/**
 * What came of computing recorded turns again.
 *
 * @param turns that were computed and were the same
 * @param refusedByStore turns that are not computed, since nothing has come of them
 * @param difference the first; null for none
 */
public record ReplayReport(
        long turns, long refusedByStore, @Nullable Difference difference) {
    /**
     * Tells it in words.
     *
     * @param print writes a message
     */
    public String text(Function<MessageLite, String> print) {
        String same = turns + " turns are the same"
                + (refusedByStore == 0 ? "" : "; " + refusedByStore + " that the store has refused are not computed");
        return difference == null ? same : same + System.lineSeparator() + difference.text(print);
    }

    /**
     * A turn that was not the same.
     *
     * @param turn its number in the recording, from 1 on
     * @param revision of the room before it
     * @param recorded the turn as it was recorded
     * @param message what the player said, as the game reads it; null for other turns
     * @param what differs, for people
     * @param before the game's state before the turn
     * @param after the game's state after the turn, as it was computed now; null when it failed
     */
    public record Difference(
            long turn,
            long revision,
            RecordedTurn recorded,
            @Nullable MessageLite message,
            String what,
            String expected,
            String actual,
            MessageLite before,
            @Nullable MessageLite after) {
        private String text(Function<MessageLite, String> print) {
            RecordedTurn.Builder input =
                    recorded.toBuilder().clearReads().clearOutcome().clearEffects();
            if (message != null) {
                input.getSaidBuilder().clearMessage();
            }
            return String.join(
                    System.lineSeparator(),
                    "turn " + turn + " of the recording, after revision " + revision + ", is not:",
                    "  input    " + print.apply(input.build()),
                    "  message  " + (message == null ? "none" : print.apply(message)),
                    "  differs  " + what,
                    "  expected " + expected,
                    "  actual   " + actual,
                    "  before   " + print.apply(before),
                    "  after    " + (after == null ? "nothing" : print.apply(after)));
        }
    }
}
