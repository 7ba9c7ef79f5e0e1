package tavern.server.ops;

import io.javalin.http.Context;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Objects;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
import tavern.server.operators.Credentials;
import tavern.server.operators.Right;
import tavern.server.time.MonotonicClock;

/**
 * Access control. There are no cookies, so no foreign page can make a browser act for an operator: the token is added
 * to each request by the client that knows it. Requests of foreign pages are refused nevertheless, by {@code Origin}
 * and, against a name that was made to resolve to this server (DNS rebinding), by {@code Host}.
 */
final class Gate {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(Gate.class));
    private static final String SCHEME = "Bearer ";
    static final String ADDRESS = "tavern.address";

    private final OpsSettings settings;
    private final KnownOperators operators;
    private final Lockout lockout;
    private final TrustedProxies proxies;

    Gate(OpsSettings settings, KnownOperators operators, MonotonicClock clock) {
        this.settings = settings;
        this.operators = operators;
        this.lockout = new Lockout(clock);
        this.proxies = new TrustedProxies(settings.trustedProxies());
    }

    /** Must be called before anything else in the request is examined. */
    void checkOrigin(Context context) {
        context.attribute(ADDRESS, proxies.client(context));
        String host = context.header("Host");
        if (host == null || !isOurs(host)) {
            throw new RequestRefusedException(
                    421, "WRONG_HOST", "this server is not known by that name; add it to ops.names if it should be");
        }
        String origin = context.header("Origin");
        boolean sameOrigin = origin == null || origin.equals((settings.tls() == null ? "http://" : "https://") + host);
        // Behind a proxy that terminates TLS, browsers see https.
        if (!sameOrigin && !origin.equals("https://" + host)) {
            throw new RequestRefusedException(403, "FOREIGN_ORIGIN", "requests from pages of other sites are refused");
        }
    }

    /** Only names are compared, because DNS rebinding needs a name. */
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

    /**
     * Returns the operator, or null on a route without a token. Throws {@link RequestRefusedException} when access is denied.
     */
    @Nullable
    Operator admit(Context context, Route route) {
        Right right = route.right();
        if (right == null || (route.openLocally() && settings.metricsOpen() && proxies.isLocal(context))) {
            return null;
        }
        Operator operator = operator(context, address(context));
        if (!operator.may(right)) {
            throw new RequestRefusedException(
                    403,
                    "FORBIDDEN",
                    "this requires the right " + right + ", which no role of the operator has: "
                            + String.join(", ", operator.roles()));
        }
        return operator;
    }

    /** Whether the store must be looked at first: the request has a key that this server has not heard of. */
    boolean mustLook(Context context) {
        String secret = secret(context);
        return secret != null && operators.isUnheardOf(secret) && !lockout.isLocked(address(context));
    }

    private static @Nullable String secret(Context context) {
        String header = context.header("Authorization");
        return header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? null
                : header.substring(SCHEME.length()).strip();
    }

    private Operator operator(Context context, InetAddress address) {
        String secret = secret(context);
        if (secret == null) {
            throw new RequestRefusedException(
                    401, "NO_TOKEN", "a token is required: Authorization: Bearer …; tokens are in the file ops.token");
        }
        Operator operator = operators.find(secret);
        if (operator == null) {
            if (lockout.isLocked(address)) {
                throw new RequestRefusedException(
                        429,
                        "LOCKED_OUT",
                        "too many wrong tokens from this address; wait a minute",
                        Lockout.WINDOW_SECONDS);
            }
            lockout.failed(address);
            log.warn("ops login refused from {}: nobody has this token", address.getHostAddress());
            throw Credentials.isKey(secret)
                    ? new RequestRefusedException(401, "SESSION_OVER", "the session or token has ended; sign in again")
                    : new RequestRefusedException(401, "WRONG_TOKEN", "nobody has this token");
        }
        return operator;
    }

    /** The client's address according to {@link TrustedProxies}; known once {@link #checkOrigin} was called. */
    static InetAddress address(Context context) {
        return Objects.requireNonNull(context.attribute(ADDRESS));
    }
}
