package tavern.server.ops.books;

import java.math.BigInteger;
import java.util.List;

/**
 * Whether what players own is what the ledger says.
 *
 * @param checked false: not yet
 * @param holds says nothing until then
 * @param atMillis when the last check ended
 * @param tookMillis from its first look to its end; most of it is waiting, so as not to be in the way
 * @param checks since the start
 * @param failedChecks of them
 * @param problems the first ones, in words; empty when all goods are accounted for
 */
public record EconomyReport(
        boolean checked,
        boolean holds,
        long atMillis,
        long tookMillis,
        long checks,
        long failedChecks,
        long players,
        List<Kind> kinds,
        Sum items,
        List<String> problems) {
    static final EconomyReport NONE = new EconomyReport(
            false,
            true,
            0,
            0,
            0,
            0,
            0,
            List.of(),
            new Sum(BigInteger.ZERO, BigInteger.ZERO, BigInteger.ZERO),
            List.of());

    /** @param granted by the ledger, less what was taken back @param held by players @param difference that there is more */
    public record Kind(String kind, BigInteger granted, BigInteger held, BigInteger difference) {}

    /** Likewise, of all items. */
    public record Sum(BigInteger granted, BigInteger held, BigInteger difference) {}
}
