package tavern.server.ops;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.server.operators.OperatorSettings;
import tavern.server.store.AnchorFile;
import tavern.server.tls.PemPair;

/**
 * Where the operators' console listens, and who may use it.
 *
 * @param enabled false for no console
 * @param port 0 for any free one
 * @param tokens file with the tokens; created if it does not exist
 * @param books file with a searchable copy of the ledger; created if it does not exist
 * @param tls null for plain HTTP
 * @param names host names by which operators' browsers reach this server, besides addresses and localhost
 * @param metricsOpen whether programs on this machine may read the metrics without a token
 * @param grantMax a larger count in one grant must be confirmed
 * @param trustedProxies in CIDR notation; addresses forwarded by these proxies are trusted
 * @param anchor file that records the newest entry of the audit log
 * @param operators roles, and how long sessions last
 * @param loopSilentSeconds without progress of a thread that serves players, after which the process counts as stuck
 */
public record OpsSettings(
        boolean enabled,
        String host,
        int port,
        Path tokens,
        Path books,
        @Nullable PemPair tls,
        List<String> names,
        boolean metricsOpen,
        long grantMax,
        List<String> trustedProxies,
        AnchorFile anchor,
        OperatorSettings operators,
        int loopSilentSeconds) {}
