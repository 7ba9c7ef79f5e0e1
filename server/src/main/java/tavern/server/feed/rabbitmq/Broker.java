package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import com.rabbitmq.client.impl.FrameHandlerFactory;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to the broker. The client's own recovery is off: each connection starts from scratch, see {@link
 * Relay}.
 */
final class Broker {
    private static final Logger log = LoggerFactory.getLogger(Broker.class);
    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int HEARTBEAT_SECONDS = 8;

    /** Enough, because the only messages received are returned ones. */
    private static final int INBOUND_BYTES_MAX = 1 << 20;

    private final String uri;
    private final String name;
    private final Topology topology;

    /** @param name of the connections, as shown in RabbitMQ's management console */
    Broker(String uri, String name, Topology topology) {
        this.uri = uri;
        this.name = name;
        this.topology = topology;
    }

    Topology topology() {
        return topology;
    }

    /** Connects and declares the topology. Blocks, for about 15 seconds at most. */
    BrokerLink open(BrokerLink.Listener listener) throws IOException, TimeoutException, GeneralSecurityException {
        LinkFactory factory = new LinkFactory(uri);
        return BrokerLink.open(topology, factory.newConnection(name), factory.frames(), factory.socket(), listener);
    }

    /**
     * Connects without declaring anything. Blocks, for about 10 seconds at most.
     *
     * @param purpose for the connection's name
     * @param onSocket receives the socket before it is connected: closing it ends whatever the connection is blocked in
     */
    Connection connect(String purpose, Consumer<Socket> onSocket)
            throws IOException, TimeoutException, GeneralSecurityException {
        LinkFactory factory = new LinkFactory(uri);
        factory.onSocket = onSocket;
        return factory.newConnection(name + " " + purpose);
    }

    /** The address without the password. */
    @Override
    public String toString() {
        return uri.replaceFirst("(?<=//)([^/@:]*):.*@", "$1:***@");
    }

    /** Used for one connection: keeps its socket and its frame handler. */
    private static final class LinkFactory extends ConnectionFactory {
        private @Nullable CorkedFrames frames;
        private @Nullable Socket socket;
        private Consumer<Socket> onSocket = opened -> {};

        LinkFactory(String uri) throws GeneralSecurityException {
            boolean tls = uri.startsWith("amqps:");
            try {
                // Given amqps, the client would trust every certificate.
                setUri(tls ? "amqp" + uri.substring("amqps".length()) : uri);
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException("not a URI", e);
            }
            setAutomaticRecoveryEnabled(false);
            setTopologyRecoveryEnabled(false);
            setRequestedHeartbeat(HEARTBEAT_SECONDS);
            setConnectionTimeout(TIMEOUT_MILLIS);
            setHandshakeTimeout(TIMEOUT_MILLIS);
            setChannelRpcTimeout(TIMEOUT_MILLIS);
            setShutdownTimeout(TIMEOUT_MILLIS);
            setMaxInboundMessageBodySize(INBOUND_BYTES_MAX);
            setThreadFactory(new FeedThreads("feed-amqp"));
            setExceptionHandler(new QuietHandler());
            setSocketConfigurator(this::configure);
            if (tls) {
                useSslProtocol(SSLContext.getDefault());
                enableHostnameVerification();
            }
        }

        private void configure(Socket opened) throws SocketException {
            opened.setTcpNoDelay(true);
            socket = opened;
            onSocket.accept(opened);
        }

        @Override
        protected synchronized FrameHandlerFactory createFrameHandlerFactory() throws IOException {
            FrameHandlerFactory plain = super.createFrameHandlerFactory();
            return (address, connectionName) -> {
                CorkedFrames made = new CorkedFrames(plain.create(address, connectionName));
                frames = made;
                return made;
            };
        }

        CorkedFrames frames() {
            return Objects.requireNonNull(frames);
        }

        Socket socket() {
            return Objects.requireNonNull(socket);
        }
    }

    /** Logs nothing, because the relay reports each problem once. */
    private static final class QuietHandler extends ForgivingExceptionHandler {
        @Override
        protected void log(String message, Throwable e) {
            log.debug("{}: {}", message, e.toString());
        }
    }
}
