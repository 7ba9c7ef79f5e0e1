package tavern.client;

import com.google.protobuf.ByteString;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Redirect;

/** P-106: to which server the client connects: the one of its settings, or another one to which it was sent. Confined to the loop. */
final class ServerRoute {
    private static final int HOPS_MAX = 5;
    private static final long HOPS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** A server to which the client was sent. @param join the request that is made there; null for none */
    record Step(Redirect to, PendingRequests.@Nullable Pending join) {}

    private String homeHost;
    private int homePort;
    private String host;
    private int port;
    private String hostBefore;
    private int portBefore;
    private @Nullable Step step;
    /** When the client was sent elsewhere, in the last ten seconds. */
    private final ArrayDeque<Long> hops = new ArrayDeque<>();
    /** Until then there is no new connection; null before the first rest. */
    private @Nullable Long restsUntilNanos;

    ServerRoute(ClientSettings settings) {
        homeHost = settings.host();
        homePort = settings.port();
        host = homeHost;
        port = homePort;
        hostBefore = host;
        portBefore = port;
    }

    /** The client chose this server itself. */
    void startFrom(String otherHost, int otherPort) {
        step = null;
        homeHost = otherHost;
        homePort = otherPort;
        turnHome();
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    /** The server to which the client is on its way; null for none. */
    @Nullable
    Step step() {
        return step;
    }

    /** The token for the next Hello; empty for the session's own. */
    ByteString ticket() {
        Step now = step;
        return now == null ? ByteString.EMPTY : now.to().getTicket();
    }

    /** P-106: how long it takes until the client may be sent on again; 0 when it may now. */
    long restNanos(long nowNanos) {
        while (!hops.isEmpty() && nowNanos - hops.element() >= HOPS_NANOS) {
            hops.remove();
        }
        return hops.size() < HOPS_MAX ? 0 : HOPS_NANOS - (nowNanos - hops.element());
    }

    /**
     * P-106: the connection is given up because the client was sent on too often. After the rest it may be sent on once more.
     *
     * @param resumeMillis how long the session waits; 0 when there is none to lose
     */
    void rest(long nowNanos, int resumeMillis) {
        long nanos = restNanos(nowNanos);
        if (resumeMillis > 0) {
            nanos = Math.min(nanos, TimeUnit.MILLISECONDS.toNanos(resumeMillis) / 2);
        }
        restsUntilNanos = nowNanos + nanos;
        hops.remove();
    }

    /** P-106: how long it takes until there may be a new connection; 0 when there may be one now. */
    long pauseNanos(long nowNanos) {
        return restsUntilNanos == null ? 0 : Math.max(0, restsUntilNanos - nowNanos);
    }

    /** @return false when the client does not go there */
    boolean take(Redirect to, PendingRequests.@Nullable Pending join, long nowNanos) {
        if (restNanos(nowNanos) > 0 || to.getHost().isEmpty()) {
            return false;
        }
        hops.add(nowNanos);
        Step before = step;
        if (before == null) {
            hostBefore = host;
            portBefore = port;
        }
        step = new Step(to, join == null && before != null ? before.join() : join);
        host = to.getHost();
        port = to.getPort();
        return true;
    }

    /** The client is there. */
    void arrived() {
        step = null;
    }

    /** The client could not get there: its session is where it was. */
    void turnBack() {
        step = null;
        host = hostBefore;
        port = portBefore;
    }

    /** There is no server any more where the client was. */
    void turnHome() {
        host = homeHost;
        port = homePort;
    }
}
