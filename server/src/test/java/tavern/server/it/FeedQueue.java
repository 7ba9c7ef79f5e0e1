package tavern.server.it;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import tavern.protocol.v1.TransactionCommitted;

/** Reads the ledger queue as any consumer would, with nothing of the server's own code. */
final class FeedQueue implements AutoCloseable {
    static final String NAME = "tavern.trades.ledger";

    /** The library's 10 s are not enough for a broker that starts beside other tests. */
    private static final int HANDSHAKE_MILLIS = 60_000;

    private final Connection connection;
    private final Channel channel;

    /** One message as it came. */
    record Message(String messageId, String routingKey, boolean persistent, TransactionCommitted trade) {}

    FeedQueue(String uri) throws IOException {
        connection = connect(uri);
        channel = connection.createChannel();
    }

    static Connection connect(String uri) throws IOException {
        try {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(uri);
            factory.setAutomaticRecoveryEnabled(false);
            factory.setHandshakeTimeout(HANDSHAKE_MILLIS);
            return factory.newConnection("auditor");
        } catch (GeneralSecurityException | URISyntaxException | TimeoutException e) {
            throw new IOException(e);
        }
    }

    /** Takes all there is, in the queue's order. */
    List<Message> drain() throws IOException {
        List<Message> messages = new ArrayList<>();
        GetResponse next = channel.basicGet(NAME, false);
        long last = 0;
        while (next != null) {
            messages.add(message(next));
            last = next.getEnvelope().getDeliveryTag();
            next = channel.basicGet(NAME, false);
        }
        if (last > 0) {
            channel.basicAck(last, true);
        }
        return messages;
    }

    /** As if nothing had ever been published. */
    void purge() throws IOException {
        channel.queueDeclare(NAME, true, false, false, Map.of("x-queue-type", "quorum"));
        channel.queuePurge(NAME);
    }

    private static Message message(GetResponse got) throws IOException {
        AMQP.BasicProperties properties = got.getProps();
        return new Message(
                properties.getMessageId(),
                got.getEnvelope().getRoutingKey(),
                Integer.valueOf(2).equals(properties.getDeliveryMode()),
                TransactionCommitted.parseFrom(got.getBody()));
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
