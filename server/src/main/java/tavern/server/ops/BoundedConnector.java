package tavern.server.ops;

import io.javalin.http.Context;
import io.netty.util.concurrent.Ticker;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;

/**
 * A listening port that silent or slow clients cannot occupy, so that requests for the server's health get through. A
 * connection without a complete request is closed after a while, and when there are too many, the one that has been
 * without for longest makes room for the next. A connection is also closed when it has received as much as the system
 * buffers, so that whoever sends requests without reading the answers blocks no thread; and one whose answer holds a
 * thread for long nevertheless is closed in the middle of it.
 */
final class BoundedConnector extends ServerConnector implements HttpConfiguration.Customizer {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(BoundedConnector.class));
    private static final int LOOK_SECONDS = 1;

    /** The system accepts this much of what is sent, so that slow readers block no thread for it. */
    private static final int SEND_BYTES = 512 * 1024;

    /**
     * A connection is closed after the answer with which it has received more than this. Small enough that the longest
     * answer fits into the rest of {@link #SEND_BYTES}.
     */
    private static final int RECEIVED_BYTES_MAX = SEND_BYTES / 4;

    private static final String CLIENT = BoundedConnector.class.getName();

    private final int connectionsMax;
    private final long idleNanosMax;
    private final long servedNanosMax;
    private final Ticker ticker = Ticker.systemTicker();
    private final Map<EndPoint, Client> clients = new ConcurrentHashMap<>();

    private enum State {
        /** Between requests. */
        IDLE,
        /** During a request, on a thread of the server. */
        SERVED,
        /** During a request for which no thread is held. */
        WAITING
    }

    private record Phase(State state, long sinceNanos) {}

    /** One connection. */
    private final class Client {
        private volatile Phase phase = new Phase(State.IDLE, ticker.nanoTime());

        void enter(State state) {
            phase = new Phase(state, ticker.nanoTime());
        }

        boolean isOverdue(long now) {
            Phase current = phase;
            long nanos = now - current.sinceNanos();
            return switch (current.state()) {
                case IDLE -> nanos > idleNanosMax;
                case SERVED -> nanos > servedNanosMax;
                case WAITING -> false;
            };
        }
    }

    /**
     * @param idleSecondsMax how long a connection may take to send a complete request, from its start or from the last
     *     answer
     * @param servedSecondsMax how long a request may hold a thread
     */
    BoundedConnector(
            Server server,
            int connectionsMax,
            int idleSecondsMax,
            int servedSecondsMax,
            ConnectionFactory... protocols) {
        super(server, 1, 1, protocols);
        this.connectionsMax = connectionsMax;
        this.idleNanosMax = TimeUnit.SECONDS.toNanos(idleSecondsMax);
        this.servedNanosMax = TimeUnit.SECONDS.toNanos(servedSecondsMax);
        setAcceptedSendBufferSize(SEND_BYTES);
    }

    /** From now on no thread is held for the request: its answer is awaited, or it is a stream with its own threads. */
    static void beginWait(Context request) {
        enter(request, State.WAITING);
    }

    /** The answer is known, and is written by this thread. */
    static void endWait(Context request) {
        enter(request, State.SERVED);
    }

    private static void enter(Context request, State state) {
        if (request.attribute(CLIENT) instanceof Client client) {
            client.enter(state);
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        look();
    }

    private void look() {
        try {
            long now = ticker.nanoTime();
            clients.forEach((endPoint, client) -> {
                if (client.isOverdue(now)) {
                    close(endPoint);
                }
            });
        } finally {
            if (isRunning() || isStarting()) {
                getScheduler().schedule(this::look, LOOK_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /** A connection that cannot be closed must not keep the others open. */
    @SuppressWarnings("IllegalCatch")
    private static void close(EndPoint endPoint) {
        try {
            endPoint.close();
        } catch (Throwable e) {
            log.warn("a connection of an operator could not be closed", e);
        }
    }

    @Override
    protected void onEndPointOpened(EndPoint endPoint) {
        super.onEndPointOpened(endPoint);
        clients.put(endPoint, new Client());
        if (clients.size() > connectionsMax) {
            longestIdle().orElse(endPoint).close();
        }
    }

    private record Idle(EndPoint endPoint, long nanos) {}

    private Optional<EndPoint> longestIdle() {
        long now = ticker.nanoTime();
        return clients.entrySet().stream()
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().phase))
                .filter(entry -> entry.getValue().state() == State.IDLE)
                .map(entry -> new Idle(entry.getKey(), now - entry.getValue().sinceNanos()))
                .max(Comparator.comparingLong(Idle::nanos))
                .map(Idle::endPoint);
    }

    @Override
    protected void onEndPointClosed(EndPoint endPoint) {
        clients.remove(endPoint);
        super.onEndPointClosed(endPoint);
    }

    /** Called when a request's headers are complete. */
    @Override
    public Request customize(Request request, HttpFields.Mutable responseHeaders) {
        Connection connection = request.getConnectionMetaData().getConnection();
        if (connection.getBytesOut() > RECEIVED_BYTES_MAX) {
            responseHeaders.put(HttpFields.CONNECTION_CLOSE);
        }
        EndPoint endPoint = connection.getEndPoint();
        while (endPoint instanceof EndPoint.Wrapper wrapper) {
            endPoint = wrapper.unwrap();
        }
        Client client = clients.get(endPoint);
        if (client != null) {
            client.enter(State.SERVED);
            request.setAttribute(CLIENT, client);
            Request.addCompletionListener(request, failure -> client.enter(State.IDLE));
        }
        return request;
    }
}
