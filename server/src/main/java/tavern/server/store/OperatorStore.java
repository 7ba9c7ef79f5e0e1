package tavern.server.store;

import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The realm's operators: accounts, sessions, tokens. Each change raises a version by which every server notices it. Once a
 * stage completes, its effect is durable.
 *
 * <p>No method blocks or throws; stages complete on the store's threads, where callbacks must be short or continue on
 * another thread. A stage fails with {@link StoreUnavailableException} when the store cannot be reached, is full, or has
 * too many operations in flight: the operation may or may not have been done, and can be repeated without harm.
 */
public interface OperatorStore {
    int ACCOUNTS_MAX = 200;

    /** Sessions and tokens of all operators together. */
    int KEYS_MAX = 1_000;

    /**
     * Writes an account and, in the same step, adds a key and ends others.
     *
     * @param seenVersion the version that must be stored; 0 if there must be no account of this name
     * @param ended hashes of keys; those that do not exist are ignored
     */
    CompletionStage<OperatorAnswer> putOperator(
            OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> ended);

    /**
     * Removes an account and ends these keys.
     *
     * @return false, with nothing done, when the account does not have this version
     */
    CompletionStage<Boolean> removeOperator(String name, long seenVersion, Collection<String> ended);

    /** Notes that a key was used, unless a later use is noted, or it was ended. */
    CompletionStage<Void> useOperatorKey(String hash, long usedMillis);

    /** Ends keys, by their hashes; those that do not exist are ignored. */
    CompletionStage<Void> endOperatorKeys(Collection<String> hashes);

    CompletionStage<OperatorRows> operators();

    /** Returns the version of {@link #operators}, which need not be read again while it is unchanged. Cheap. */
    CompletionStage<Long> operatorsVersion();
}
