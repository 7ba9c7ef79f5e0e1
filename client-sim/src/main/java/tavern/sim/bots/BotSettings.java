package tavern.sim.bots;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientSettings;
import tavern.sim.audit.StoreAudit;

/**
 * The settings of one run.
 *
 * @param servers servers of one realm, over which the bots are spread; not resolved
 * @param moveRate moves of each bot per second, evenly spaced
 * @param chatRate chat lines of each bot per second, on average
 * @param tradeRate trade offers of each bot per second, on average
 * @param churn share of bots that drop their connection from time to time, 0 to 1
 * @param run part of the names of this run's bots, so that they are new to the server
 * @param tokens makes a bot's login token from its name
 * @param store the store to audit, or null for none
 * @param feedUri the broker whose ledger queue is read and audited, or null for none
 * @param log the folder for what the bots did and were told, or null for none; see {@link BotLog}
 */
public record BotSettings(
        List<InetSocketAddress> servers,
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
        @Nullable String feedUri,
        @Nullable Path log) {
    private static final int REQUEST_MILLIS_IN_REALM = 5_000;

    /** How a player logs in, at one of the servers; whoever asks for more than there are begins with the first again. */
    public ClientSettings login(String player, int server) {
        InetSocketAddress address = address(server);
        ClientSettings login = ClientSettings.of(address.getHostString(), address.getPort(), tokens.apply(player));
        // Where there are others, a server that does not answer is given up sooner.
        return servers.size() > 1 ? login.withRequestMillis(REQUEST_MILLIS_IN_REALM) : login;
    }

    InetSocketAddress address(int server) {
        return servers.get(Math.floorMod(server, servers.size()));
    }

    public String botName(int index) {
        return run + "-" + index;
    }
}
