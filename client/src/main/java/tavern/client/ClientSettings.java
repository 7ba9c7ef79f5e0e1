package tavern.client;

import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/**
 * Where a client connects, as whom, and its limits.
 *
 * @param token the player's name or a signed token, as the server's {@code auth.mode} requires
 * @param tls the TLS context, or null for plain TCP
 * @param pingMillis the time between two pings, if it is less than a third of the time after which the server gives up a silent
 *     client; the client gives up a server that has been silent for as long (P-11)
 * @param frameBytesMax the longest frame accepted from the server; a longer one closes the connection
 * @param requestsMax the most requests, and the most messages to games, that may wait for an answer; further ones fail at
 *     once
 * @param requestMillis how long until an unanswered request fails
 * @param sayMillis how long until what was said to a game fails, if it is not answered; longer than a server takes to come
 *     back, since it can be said again then
 * @param followsRedirects whether the client goes on at another server by itself when it is sent there (P-106)
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
        int requestMillis,
        int sayMillis,
        boolean followsRedirects) {

    public static ClientSettings of(String host, int port, String token) {
        return new ClientSettings(host, port, token, null, 5_000, 5_000, 1 << 20, 1_024, 10_000, 60_000, true);
    }

    public ClientSettings withTls(SslContext context) {
        return new ClientSettings(
                host,
                port,
                token,
                context,
                connectMillis,
                pingMillis,
                frameBytesMax,
                requestsMax,
                requestMillis,
                sayMillis,
                followsRedirects);
    }

    public ClientSettings withRequestMillis(int millis) {
        return new ClientSettings(
                host,
                port,
                token,
                tls,
                connectMillis,
                pingMillis,
                frameBytesMax,
                requestsMax,
                millis,
                sayMillis,
                followsRedirects);
    }

    public ClientSettings withSayMillis(int millis) {
        return new ClientSettings(
                host,
                port,
                token,
                tls,
                connectMillis,
                pingMillis,
                frameBytesMax,
                requestsMax,
                requestMillis,
                millis,
                followsRedirects);
    }

    /** Joins of rooms on other servers fail with {@link RedirectException}. */
    public ClientSettings withoutFollowing() {
        return new ClientSettings(
                host,
                port,
                token,
                tls,
                connectMillis,
                pingMillis,
                frameBytesMax,
                requestsMax,
                requestMillis,
                sayMillis,
                false);
    }
}
