package tavern.sim;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import tavern.protocol.v1.TransactionCommitted;

/** A third party at the broker that does what a bug or an attacker might do between the relay and the consumer. */
final class Meddler implements AutoCloseable {
    private static final String EXCHANGE = "tavern.trades";
    private static final String LEDGER = "tavern.trades.ledger";

    @FunctionalInterface
    interface Mischief {
        void on(TransactionCommitted message, Meddler self) throws IOException;
    }

    private final Connection connection;
    private final Channel channel;

    private Meddler(String uri) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        connection = factory.newConnection("meddler");
        // The server declares its queue after it has started; before that, what is published is lost.
        await("the ledger queue").until(this::bindsLedger);
        channel = connection.createChannel();
    }

    static Meddler at(String uri) throws Exception {
        return new Meddler(uri);
    }

    /** Binds the queue as the server does; the broker closes the channel if there is none yet. */
    private boolean bindsLedger() throws IOException, TimeoutException {
        Channel attempt = connection.createChannel();
        try {
            attempt.queueBind(LEDGER, EXCHANGE, "trade.#");
            attempt.close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Takes messages from the ledger queue in competition with the bots' consumer. */
    Meddler steal() throws IOException {
        channel.basicConsume(LEDGER, true, new DefaultConsumer(channel));
        return this;
    }

    /** Calls {@code mischief} with a copy of every message. */
    Meddler watch(Mischief mischief) throws IOException {
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, EXCHANGE, "trade.#");
        channel.basicConsume(queue, true, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                // The meddler's own messages arrive here too.
                if (!"meddler".equals(properties.getAppId())) {
                    mischief.on(TransactionCommitted.parseFrom(body), Meddler.this);
                }
            }
        });
        return this;
    }

    void publish(TransactionCommitted message) throws IOException {
        publish(message.getMessageId(), message.toByteArray());
    }

    void publish(String messageId, byte[] body) throws IOException {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .messageId(messageId)
                .deliveryMode(2)
                .appId("meddler")
                .build();
        channel.basicPublish(EXCHANGE, "trade.main.room-0", properties, body);
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
