package tavern.server.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.server.game.GoodsChange;

/**
 * How a transaction ended, now or when its id was first used.
 *
 * @param refusal null when it was committed
 * @param isRepeat whether the id was used before, so that nothing was changed now; {@code memo} and {@code atMillis} are
 *     then those of the first time, except that of a turn no time is known but that of the repeat
 * @param changes of all accounts but mints; empty for a repeat
 */
@SuppressWarnings("ArrayRecordComponent")
public record TransactionResult(
        TransactionId id,
        @Nullable Refusal refusal,
        boolean isRepeat,
        byte[] memo,
        long atMillis,
        Map<AccountId, GoodsChange> changes) {
    public TransactionResult {
        changes = Map.copyOf(changes);
    }

    public boolean isCommitted() {
        return refusal == null;
    }
}
