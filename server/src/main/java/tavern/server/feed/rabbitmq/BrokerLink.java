package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.Socket;
import java.util.Date;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;

/** One connection with one channel in confirm mode, from its opening to its end. */
final class BrokerLink {
    /** Called on the client's own thread: implementations only add a task to the relay's queue. */
    interface Listener {
        void answered(BrokerLink link, long tag, boolean multiple, boolean kept);

        /** Called before the confirm of the same message. */
        void returned(BrokerLink link, String messageId);

        void blocked(BrokerLink link, boolean blocked, String why);

        void lost(BrokerLink link, ShutdownSignalException cause);
    }

    private static final Logger log = LoggerFactory.getLogger(BrokerLink.class);
    private static final String CONTENT_TYPE = "application/x-protobuf";
    private static final byte[] NOTHING = {};
    private static final int PERSISTENT = 2;
    private static final int CLOSE_MILLIS = 1_000;

    private final Topology topology;
    private final Connection connection;
    private final Channel channel;
    private final CorkedFrames frames;
    private final Socket socket;

    private BrokerLink(Topology topology, Connection connection, Channel channel, CorkedFrames frames, Socket socket) {
        this.topology = topology;
        this.connection = connection;
        this.channel = channel;
        this.frames = frames;
        this.socket = socket;
    }

    static BrokerLink open(
            Topology topology, Connection connection, CorkedFrames frames, Socket socket, Listener listener)
            throws IOException {
        try {
            Channel channel = connection.createChannel();
            BrokerLink link = new BrokerLink(topology, connection, channel, frames, socket);
            topology.declare(channel);
            link.listen(listener);
            channel.confirmSelect();
            return link;
        } catch (IOException | RuntimeException e) {
            connection.abort(AMQP.CONNECTION_FORCED, "not usable", CLOSE_MILLIS);
            throw e;
        }
    }

    private void listen(Listener listener) {
        channel.addConfirmListener(new ConfirmListener() {
            @Override
            public void handleAck(long tag, boolean multiple) {
                listener.answered(BrokerLink.this, tag, multiple, true);
            }

            @Override
            public void handleNack(long tag, boolean multiple) {
                listener.answered(BrokerLink.this, tag, multiple, false);
            }
        });
        channel.addReturnListener(
                returned -> listener.returned(this, returned.getProperties().getMessageId()));
        connection.addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                listener.blocked(BrokerLink.this, true, reason);
            }

            @Override
            public void handleUnblocked() {
                listener.blocked(BrokerLink.this, false, "");
            }
        });
        // Also called when the connection ends.
        channel.addShutdownListener(cause -> listener.lost(this, cause));
    }

    /** From now until {@link #uncork}, published messages share system calls. */
    void cork() {
        frames.cork();
    }

    void uncork() throws IOException {
        frames.uncork();
    }

    /** May block for as long as the broker does not read. */
    void publish(Outbound message) throws IOException {
        Attempts.GivenUp givenUp = message.givenUp();
        String exchange = givenUp == null ? Topology.EXCHANGE : Topology.DEAD;
        byte[] whole = TransactionEvents.body(message.row());
        byte[] body = givenUp == null || givenUp.withBody() ? whole : NOTHING;
        String routingKey = message.row().event().routingKey();
        // Whoever follows other transactions than trades binds a queue; where nobody does, none need come back.
        boolean mandatory = givenUp != null
                || TransactionEvents.isOfTrade(message.row().event().body());
        channel.basicPublish(exchange, routingKey, mandatory, false, properties(message, whole.length), body);
    }

    private static AMQP.BasicProperties properties(Outbound message, int bytes) {
        OutboxRow row = message.row();
        return new AMQP.BasicProperties.Builder()
                .contentType(CONTENT_TYPE)
                .type(TransactionEvents.TYPE)
                .deliveryMode(PERSISTENT)
                .messageId(row.messageId())
                .timestamp(new Date(row.atMillis()))
                .headers(headers(message, bytes))
                .build();
    }

    private static Map<String, Object> headers(Outbound message, int bytes) {
        OutboxEvent event = message.row().event();
        Map<String, Object> headers = TransactionEvents.headers(event);
        Attempts.GivenUp givenUp = message.givenUp();
        if (givenUp != null) {
            headers.put("dead-because", givenUp.why());
            headers.put("original-exchange", Topology.EXCHANGE);
            headers.put("original-routing-key", event.routingKey());
            headers.put("original-bytes", bytes);
        }
        return headers;
    }

    /** Declares the topology again after somebody has deleted part of it. Blocks, for some seconds at most. */
    void declareAgain() throws IOException {
        topology.declare(channel);
    }

    /** Closes the connection in an orderly way. Blocks, for about a second, or until {@link #cut}. */
    void close() {
        connection.abort(AMQP.REPLY_SUCCESS, "closed", CLOSE_MILLIS);
    }

    /**
     * Ends the connection at once, from any thread, whatever else goes on: a thread that is blocked in a write gets an
     * exception. The client's own ways to close would wait for that write.
     */
    void cut() {
        cut(socket);
    }

    /** Like {@link #cut()}, for a socket that may not be connected yet. */
    static void cut(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            log.debug("was closed before", e);
        }
    }
}
