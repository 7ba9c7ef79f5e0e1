package tavern.server.books;

import java.math.BigInteger;
import java.util.List;

/**
 * Whether what players own is what the ledger says.
 *
 * @param checked false before the first check
 * @param holds has no meaning before that
 * @param atMillis when the last check ended
 * @param tookMillis from its first read to its end; most of it is waiting, so as not to slow down others
 * @param checks since the start
 * @param failedChecks how many of them failed
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

    /**
     * @param granted according to the ledger, less what was taken back
     * @param held by players
     * @param difference the surplus
     */
    public record Kind(String kind, BigInteger granted, BigInteger held, BigInteger difference) {}

    /** The same for all items together. */
    public record Sum(BigInteger granted, BigInteger held, BigInteger difference) {}
}
