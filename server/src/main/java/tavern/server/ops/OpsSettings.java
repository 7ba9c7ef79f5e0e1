package tavern.server.ops;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where operators find the console, and who may see it.
 *
 * @param enabled false: there is no console
 * @param port 0: any free one
 * @param tokens file with the tokens; made when it is not there
 * @param books file in which the ledger is kept in an order that can be searched; made when it is not there
 * @param tls null: plain HTTP
 * @param names of this server in operators' browsers, beside addresses and localhost
 * @param metricsOpen programs on this machine read the metrics without a token
 */
public record OpsSettings(
        boolean enabled,
        String host,
        int port,
        Path tokens,
        Path books,
        @Nullable Tls tls,
        List<String> names,
        boolean metricsOpen) {
    /** PEM files. */
    public record Tls(Path certificate, Path key) {}
}
