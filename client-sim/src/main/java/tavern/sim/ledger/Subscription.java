package tavern.sim.ledger;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A consumer of the queue on one connection, until that connection ends. */
final class Subscription implements AutoCloseable {
    static final String QUEUE = "tavern.trades.ledger";

    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    /** Unacknowledged deliveries in flight: enough to hide the round trip of the acknowledgements. */
    private static final int PREFETCH = 300;

    private static final int CLOSE_MILLIS = 5_000;
    private static final int POLL_MILLIS = 50;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final @Nullable Connection connection;

    private Subscription(@Nullable Connection connection) {
        this.connection = connection;
    }

    static Subscription open(ConnectionFactory factory, FeedLedger ledger) throws IOException, TimeoutException {
        Connection connection = factory.newConnection("tavern-bots");
        Subscription subscription = new Subscription(connection);
        try {
            Channel channel = connection.createChannel();
            channel.basicQos(PREFETCH);
            channel.basicConsume(QUEUE, false, subscription.consumer(channel, ledger));
            return subscription;
        } catch (IOException | RuntimeException e) {
            connection.abort(CLOSE_MILLIS);
            throw e;
        }
    }

    /** A subscription that has already ended. */
    static Subscription ended() {
        return new Subscription(null);
    }

    private DefaultConsumer consumer(Channel channel, FeedLedger ledger) {
        return new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                ledger.receive(body, properties.getMessageId());
                try {
                    getChannel().basicAck(envelope.getDeliveryTag(), false);
                } catch (AlreadyClosedException e) {
                    // The connection has gone with this one under way; the broker gives it to the next subscription.
                    log.debug("a message is not acknowledged: {}", e.getMessage());
                }
            }

            @Override
            public void handleCancel(String tag) {
                log.debug("the ledger queue was deleted");
                ended.countDown();
            }

            @Override
            public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
                ended.countDown();
            }
        };
    }

    /** Blocks until the subscription has ended or {@code closing} is counted down. Returns true in the latter case. */
    boolean awaitEnd(CountDownLatch closing) throws InterruptedException {
        while (!closing.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (ended.getCount() == 0) {
                return false;
            }
        }
        return true;
    }

    /** Closes in an orderly way, so that the broker receives all acknowledgements. */
    @Override
    public void close() {
        if (connection != null) {
            connection.abort(CLOSE_MILLIS);
        }
    }
}
