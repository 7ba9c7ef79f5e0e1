package tavern.sim.bots;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tavern.sim.audit.StoreAudit;

/**
 * The settings of one run.
 *
 * @param moveRate moves of each bot per second, evenly spaced
 * @param chatRate chat lines of each bot per second, on average
 * @param tradeRate trade offers of each bot per second, on average
 * @param churn share of bots that drop their connection from time to time, 0 to 1
 * @param run part of the names of this run's bots, so that they are new to the server
 * @param tokens makes a bot's login token from its name
 * @param store the store to audit, or null for none
 * @param feedUri the broker whose ledger queue is read and audited, or null for none
 */
public record BotSettings(
        String host,
        int port,
        int bots,
        int rooms,
        Duration duration,
        double moveRate,
        double chatRate,
        double tradeRate,
        double churn,
        long seed,
        int threads,
        String roomPrefix,
        String run,
        UnaryOperator<String> tokens,
        @Nullable StoreAudit store,
        @Nullable String feedUri) {

    public String botName(int index) {
        return run + "-" + index;
    }
}
