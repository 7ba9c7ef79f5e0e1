package tavern.sim.bots;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tavern.sim.audit.StoreAudit;

/**
 * One run.
 *
 * @param moveRate of each bot in a second, evenly spaced
 * @param chatRate of each bot in a second, on average
 * @param tradeRate offers of each bot in a second, on average
 * @param churn share of bots that drop their connection now and then, 0 to 1
 * @param run in the names of this run's bots, so that they are new to the server
 * @param tokens makes the token to log in with from a bot's name
 * @param store to be audited too
 * @param feedUri of the broker whose ledger queue is to be read and audited
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

    String botName(int index) {
        return run + "-" + index;
    }
}
