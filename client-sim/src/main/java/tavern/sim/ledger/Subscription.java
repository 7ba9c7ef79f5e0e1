package tavern.sim.ledger;

import com.rabbitmq.client.AMQP;
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

/** The queue on one connection, until that ends. */
final class Subscription implements AutoCloseable {
    static final String QUEUE = "tavern.trades.ledger";

    private static final Logger log = LoggerFactory.getLogger(Subscription.class);

    /** Deliveries on their way to us: enough to hide the round trip of their acknowledgements. */
    private static final int PREFETCH = 300;

    private static final int CLOSE_MILLIS = 5_000;
    private static final int POLL_MILLIS = 50;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final @Nullable Connection connection;

    private Subscription(@Nullable Connection connection) {
        this.connection = connection;
    }

    static Subscription open(ConnectionFactory factory, Ledger ledger) throws IOException, TimeoutException {
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

    /** One that is over before it began. */
    static Subscription ended() {
        return new Subscription(null);
    }

    private DefaultConsumer consumer(Channel channel, Ledger ledger) {
        return new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                ledger.receive(body, properties.getMessageId());
                getChannel().basicAck(envelope.getDeliveryTag(), false);
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

    /** Blocks until this has ended or the caller wants to. @return whether the caller wants to */
    boolean awaitEnd(CountDownLatch closing) throws InterruptedException {
        while (!closing.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            if (ended.getCount() == 0) {
                return false;
            }
        }
        return true;
    }

    /** Closes in good order, so that the broker hears of all that was acknowledged. */
    @Override
    public void close() {
        if (connection != null) {
            connection.abort(CLOSE_MILLIS);
        }
    }
}
