package tavern.server.ops;

import io.javalin.http.Context;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Locale;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may come in. There are no cookies, so no foreign page can make a browser speak for an operator: the token is put
 * into each request by who knows it. Foreign pages are turned away all the same, by {@code Origin} and, against a name
 * that was made to point here (DNS rebinding), by {@code Host}.
 */
final class Gate {
    private static final Logger log = LoggerFactory.getLogger(Gate.class);
    private static final String SCHEME = "Bearer ";

    private final OpsSettings settings;
    private final Tokens tokens;
    private final Lockout lockout;

    Gate(OpsSettings settings, Tokens tokens, InstantSource clock) {
        this.settings = settings;
        this.tokens = tokens;
        this.lockout = new Lockout(clock);
    }

    /** Before anything else is looked at. */
    void checkOrigin(Context context) {
        String host = context.header("Host");
        if (host == null || !isOurs(host)) {
            throw new RefusedException(
                    421, "WRONG_HOST", "this server is not known by that name; add it to ops.names if it should be");
        }
        String origin = context.header("Origin");
        boolean sameOrigin = origin == null || origin.equals((settings.tls() == null ? "http://" : "https://") + host);
        // A proxy that speaks TLS shows browsers https.
        if (!sameOrigin && !origin.equals("https://" + host)) {
            throw new RefusedException(403, "FOREIGN_ORIGIN", "requests from other sites' pages are not answered");
        }
    }

    /** An address cannot be made to point elsewhere, so only names are compared. */
    private boolean isOurs(String header) {
        String host;
        try {
            host = new HostPort(header).getHost();
        } catch (IllegalArgumentException e) {
            return false;
        }
        String name = host == null ? "" : host.toLowerCase(Locale.ROOT);
        return NetUtil.isValidIpV4Address(name)
                || NetUtil.isValidIpV6Address(name)
                || name.equals("localhost")
                || name.equals(settings.host())
                || settings.names().contains(name);
    }

    /** Who asks; null on a route that takes no token. Throws when this one must not. */
    @Nullable
    Operator admit(Context context, Route route) {
        Role role = route.role();
        InetAddress address = address(context);
        if (role == null || (route.openLocally() && settings.metricsOpen() && address.isLoopbackAddress())) {
            return null;
        }
        if (lockout.isLocked(address)) {
            throw new RefusedException(
                    429,
                    "LOCKED_OUT",
                    "too many wrong tokens from this address; wait a minute",
                    Lockout.WINDOW_SECONDS);
        }
        Operator operator = operator(context, address);
        if (!operator.role().includes(role)) {
            throw new RefusedException(
                    403, "FORBIDDEN", "this takes the role " + role + ", the token has " + operator.role());
        }
        return operator;
    }

    private Operator operator(Context context, InetAddress address) {
        String header = context.header("Authorization");
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new RefusedException(
                    401, "NO_TOKEN", "a token is needed: Authorization: Bearer …; the file ops.token has them");
        }
        Operator operator = tokens.find(header.substring(SCHEME.length()).strip());
        if (operator == null) {
            lockout.failed(address);
            log.warn("a wrong token for the ops API from {}", address.getHostAddress());
            throw new RefusedException(401, "WRONG_TOKEN", "nobody has this token");
        }
        return operator;
    }

    /** Forwarded addresses are not believed: anybody can write one. */
    static InetAddress address(Context context) {
        String text = context.req().getRemoteAddr();
        try {
            // An address in figures: nothing is looked up.
            return InetAddress.getByName(text.replaceAll("[\\[\\]]", ""));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("no address: " + text, e);
        }
    }
}
