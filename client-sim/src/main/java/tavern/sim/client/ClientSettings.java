package tavern.sim.client;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a client connects to and as whom, and its bounds.
 *
 * @param token the player's name, or a signed token, as the server's {@code auth.mode} asks
 * @param tls null: plain TCP
 * @param frameBytesMax of one frame from the server; a longer one closes the connection
 * @param requestsMax asked and not yet answered; more fail at once
 * @param requestMillis until an unanswered request fails
 */
public record ClientSettings(
        String host,
        int port,
        String token,
        @Nullable SslContext tls,
        int connectMillis,
        int pingMillis,
        int frameBytesMax,
        int requestsMax,
        int requestMillis) {

    public static ClientSettings of(String host, int port, String token) {
        return new ClientSettings(host, port, token, null, 5_000, 5_000, 1 << 20, 1_024, 10_000);
    }

    public ClientSettings withTls(SslContext context) {
        return new ClientSettings(
                host, port, token, context, connectMillis, pingMillis, frameBytesMax, requestsMax, requestMillis);
    }

    public ClientSettings withRequestMillis(int millis) {
        return new ClientSettings(
                host, port, token, tls, connectMillis, pingMillis, frameBytesMax, requestsMax, millis);
    }
}
