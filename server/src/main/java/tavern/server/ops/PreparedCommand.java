package tavern.server.ops;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A command that was checked and can be carried out.
 *
 * @param words what it is about to do, for the audit log; may be empty
 * @param carryOut does it; completes with what was done, in words
 * @param settle for commands that change the store: when the answer was lost, finds out whether the command was carried
 *     out, and if so completes what follows from it; completes with the outcome in words. Null for a command that only
 *     affects this server, and may be carried out while the store is away
 */
record PreparedCommand(
        String words,
        Supplier<CompletionStage<String>> carryOut,
        @Nullable Supplier<CompletionStage<String>> settle) {
    static PreparedCommand here(String words, Supplier<CompletionStage<String>> carryOut) {
        return new PreparedCommand(words, carryOut, null);
    }

    static PreparedCommand inStore(
            String words, Supplier<CompletionStage<String>> carryOut, Supplier<CompletionStage<String>> settle) {
        return new PreparedCommand(words, carryOut, settle);
    }
}
