package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads a queue, as consumers do: what was read is acknowledged, and counts once for each message id. */
final class QueueReader implements AutoCloseable {
    private final Connection connection;
    private final List<Delivery> deliveries = new ArrayList<>();
    private final Set<String> ids = new LinkedHashSet<>();

    QueueReader(String uri, String queue) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        factory.setAutomaticRecoveryEnabled(false);
        connection = factory.newConnection("test");
        var channel = connection.createChannel();
        channel.basicQos(300);
        channel.basicConsume(
                queue,
                false,
                (tag, delivery) -> {
                    note(delivery);
                    channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                },
                tag -> {});
    }

    private synchronized void note(Delivery delivery) {
        deliveries.add(delivery);
        ids.add(delivery.getProperties().getMessageId());
    }

    synchronized int size() {
        return ids.size();
    }

    /** In the order in which they were first seen. */
    synchronized List<String> ids() {
        return List.copyOf(ids);
    }

    synchronized List<Delivery> deliveries() {
        return List.copyOf(deliveries);
    }

    @Override
    public void close() throws IOException {
        if (connection.isOpen()) {
            connection.abort(1_000);
        }
    }
}
