package tavern.bench.trades;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;

/** Publishes persistent messages to the trades' quorum queue, each confirmed, with many in flight at once. */
@SuppressWarnings("JavaUtilDate") // the AMQP client takes a Date
final class ConfirmedPublisher implements AutoCloseable {
    private static final String EXCHANGE = "tavern.trades";
    private static final String QUEUE = "tavern.trades.ledger";
    private static final int PERSISTENT = 2;
    private static final Map<String, Object> HEADERS =
            Map.of("realm", "main", "room", "room-1", "fence", 1_700_000_000_000_000L);

    private final Connection connection;
    private final Channel channel;
    private final Semaphore free;
    /** Callbacks to run when a message is confirmed, by its number. */
    private final ConcurrentNavigableMap<Long, Runnable> waiting = new ConcurrentSkipListMap<>();

    /** @param window the number of messages that may wait for their confirms */
    ConfirmedPublisher(String uri, int window) throws IOException {
        free = new Semaphore(window);
        try {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(uri);
            factory.setAutomaticRecoveryEnabled(false);
            connection = factory.newConnection("bench");
            channel = connection.createChannel();
            channel.exchangeDeclare(EXCHANGE, "topic", true);
            channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
            channel.queueBind(QUEUE, EXCHANGE, "trade.#");
            channel.confirmSelect();
        } catch (URISyntaxException | GeneralSecurityException | TimeoutException e) {
            throw new IOException("no RabbitMQ: " + e.getMessage(), e);
        }
        channel.addConfirmListener(this::confirmed, (number, multiple) -> {
            // A rejected message is never counted as confirmed; the check at the end reports it.
        });
    }

    /** Blocks while the window is full. Only one thread at a time. @param confirmed runs on the connection's thread */
    void publish(String routingKey, String messageId, byte[] body, Runnable confirmed)
            throws IOException, InterruptedException {
        free.acquire();
        waiting.put(channel.getNextPublishSeqNo(), confirmed);
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .messageId(messageId)
                .deliveryMode(PERSISTENT)
                .contentType("application/x-protobuf")
                .type("tavern.v1.TransactionCommitted")
                .timestamp(new Date())
                .headers(HEADERS)
                .build();
        channel.basicPublish(EXCHANGE, routingKey, true, properties, body);
    }

    private void confirmed(long number, boolean multiple) {
        if (multiple) {
            for (var next = waiting.firstEntry();
                    next != null && next.getKey() <= number;
                    next = waiting.firstEntry()) {
                confirm(next.getKey());
            }
        } else {
            confirm(number);
        }
    }

    private void confirm(long number) {
        Runnable confirmed = waiting.remove(number);
        // Null if it was already confirmed on its own.
        if (confirmed != null) {
            free.release();
            confirmed.run();
        }
    }

    /** Purges what was published, so that the next contender finds an empty queue. */
    @Override
    public void close() throws IOException {
        try {
            channel.queuePurge(QUEUE);
        } finally {
            connection.close();
        }
    }
}
