package tavern.cli;

import java.net.URI;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options with which a command finds a running server, and its way in. */
public final class ApiOptions {
    @Option(
            names = "--ops",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:7780",
            description = "The server's ops API (${DEFAULT-VALUE}).")
    private URI server = URI.create("http://127.0.0.1:7780");

    @Option(
            names = "--token-file",
            paramLabel = "F",
            defaultValue = "data/ops-tokens",
            description = "The server's tokens, or one token (${DEFAULT-VALUE}).")
    private Path tokens = Path.of("data/ops-tokens");

    /**
     * @param wanted name of the role whose token is preferred, if there is one
     * @param needed name of the role that is sufficient
     */
    Api open(String wanted, String needed) throws ApiException {
        return new Api(server, tokens, wanted, needed);
    }
}
