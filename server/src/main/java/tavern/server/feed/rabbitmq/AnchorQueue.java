package tavern.server.feed.rabbitmq;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tavern.server.store.AuditAnchor;
import tavern.server.store.AuditAnchors;

/**
 * The head of the audit log, kept in a queue of one message at the broker, which may have other administrators than the
 * store. Each call opens its own connection and blocks, for about 15 seconds at most.
 */
final class AnchorQueue implements AuditAnchors {
    private static final int CLOSE_MILLIS = 500;
    private static final long CONFIRM_MILLIS = 5_000;

    /**
     * A new message replaces the old one. A classic queue, because a quorum queue drops a message that was read too
     * often.
     */
    private static final Map<String, Object> ARGUMENTS =
            Map.of("x-queue-type", "classic", "x-max-length", 1, "x-overflow", "drop-head");

    private static final Pattern BODY = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{64}) ([0-9]{1,18})");

    private final Broker broker;
    private final String queue;

    AnchorQueue(Broker broker, String realm) {
        this.broker = broker;
        this.queue = "tavern.audit." + realm;
    }

    private interface Call<T> {
        T run(Channel channel) throws IOException, InterruptedException, TimeoutException;
    }

    @Override
    public String where() {
        return "RabbitMQ's queue " + queue;
    }

    @Override
    public Optional<AuditAnchor> read() throws IOException {
        // Not acknowledged, so it returns to the queue once the connection is closed.
        GetResponse message = run(channel -> channel.basicGet(queue, false));
        if (message == null) {
            return Optional.empty();
        }
        Matcher body = BODY.matcher(new String(message.getBody(), UTF_8));
        if (!body.matches()) {
            throw new IOException(where() + " holds something other than an anchor");
        }
        return Optional.of(
                new AuditAnchor(where(), Long.parseLong(body.group(1)), body.group(2), Long.parseLong(body.group(3))));
    }

    @Override
    public void write(AuditAnchor head) throws IOException {
        String body = head.seq() + " " + head.hash() + " " + head.atMillis();
        run(channel -> {
            channel.confirmSelect();
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, body.getBytes(UTF_8));
            channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
            return true;
        });
    }

    // The client also throws unchecked exceptions when a connection is lost.
    @SuppressWarnings("IllegalCatch")
    private <T> T run(Call<T> call) throws IOException {
        Connection connection = null;
        try {
            connection = broker.connect("audit", socket -> {});
            Channel channel = connection.createChannel();
            channel.queueDeclare(queue, true, false, false, ARGUMENTS);
            return call.run(channel);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", e);
        } catch (IOException | TimeoutException | GeneralSecurityException | RuntimeException e) {
            throw new IOException("RabbitMQ: " + Problems.inWords(e), e);
        } finally {
            if (connection != null) {
                connection.abort(AMQP.REPLY_SUCCESS, "done", CLOSE_MILLIS);
            }
        }
    }
}
