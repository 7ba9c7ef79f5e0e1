package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tavern.server.feed.DeadLetter;
import tavern.server.feed.DeadLetters;
import tavern.server.feed.FeedUnavailableException;

/**
 * The queue of the dead letters on a connection of its own. What was taken and not acknowledged is back in order once
 * that is closed. A quorum queue hands out first what it got back, so all letters are taken each time, as far as the bound
 * goes, else those that were not would come first the next time. Belongs to the thread of {@link LetterDesk}; blocks.
 */
final class DeadQueue implements AutoCloseable {
    /**
     * Of acknowledgements RabbitMQ keeps back what is more than 32 on their way to a quorum queue, and forgets it when the
     * channel is closed; the confirms of a batch give it the time to be done with those of the one before.
     */
    private static final int BATCH_MAX = 30;

    /** After which no more letters come, whatever their number was. */
    private static final long SILENCE_MILLIS = 500;

    private static final int CLOSE_MILLIS = 500;

    /** From this version on a queue drops what was delivered more often than 20 times, unless told otherwise. */
    private static final int VERSION_THAT_DROPS = 4;

    private static final int DELIVERIES_MAX = 10;

    /** What the feed or the broker wrote onto a letter; without it the headers are again those of the trade. */
    private static final Set<String> ADDED =
            Set.of("dead-because", "original-exchange", "original-routing-key", "original-bytes", "x-delivery-count");

    private final Connection connection;
    private final Channel channel;
    private final InstantSource clock;
    private final long endMillis;

    /** Filled on the client's own thread, before the confirm of the same message. */
    private final Set<String> returned = ConcurrentHashMap.newKeySet();

    /** Taken and not yet looked at. */
    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>(DeadLetters.LETTERS_MAX);

    private volatile String blocked = "";
    private int published;

    private DeadQueue(Connection connection, Channel channel, InstantSource clock, long endMillis) {
        this.connection = connection;
        this.channel = channel;
        this.clock = clock;
        this.endMillis = endMillis;
    }

    static DeadQueue open(Connection connection, InstantSource clock, long endMillis) throws IOException {
        try {
            return new DeadQueue(connection, connection.createChannel(), clock, endMillis);
        } catch (IOException | RuntimeException e) {
            connection.abort(AMQP.CONNECTION_FORCED, "not usable", CLOSE_MILLIS);
            throw e;
        }
    }

    long count() throws IOException {
        try {
            return channel.queueDeclarePassive(Topology.DEAD).getMessageCount();
        } catch (IOException e) {
            if (isMissing(e)) {
                return 0;
            }
            throw e;
        }
    }

    /** The relay declares it at its first connection. */
    private static boolean isMissing(IOException failure) {
        return failure.getCause() instanceof ShutdownSignalException closed
                && closed.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.NOT_FOUND;
    }

    /** Letters come from now on, no more than may be unacknowledged. */
    private void take() throws IOException {
        channel.basicQos(DeadLetters.LETTERS_MAX);
        channel.basicConsume(Topology.DEAD, false, (tag, letter) -> deliveries.add(letter), tag -> {});
    }

    /** The next one; null: there is none any more. */
    private @Nullable Delivery next() throws InterruptedException {
        return deliveries.poll(Math.min(SILENCE_MILLIS, endMillis - clock.millis()), TimeUnit.MILLISECONDS);
    }

    DeadLetters.Found look(int max) throws IOException, InterruptedException {
        List<DeadLetter> letters = new ArrayList<>();
        long total = count();
        if (total > 0) {
            take();
        }
        for (long left = Math.min(total, DeadLetters.LETTERS_MAX); left > 0 && mayGoOn(); left--) {
            Delivery letter = next();
            if (letter == null) {
                break;
            }
            if (mayBeDropped(connection.getServerProperties().get("version"), letter.getProperties())) {
                close(); // gives them back
                throw new FeedUnavailableException("letters were looked at so often that RabbitMQ might drop them: set"
                        + " delivery-limit to -1 for " + Topology.DEAD + " by a policy, then republish them");
            }
            if (letters.size() < max) {
                letters.add(describe(letter));
            }
        }
        return new DeadLetters.Found(letters, total);
    }

    static boolean mayBeDropped(@Nullable Object version, AMQP.BasicProperties letter) {
        String major = String.valueOf(version).split("\\.", 2)[0];
        return major.matches("\\d{1,4}")
                && Integer.parseInt(major) >= VERSION_THAT_DROPS
                && letter.getHeaders() != null
                && letter.getHeaders().get("x-delivery-count") instanceof Number deliveries
                && deliveries.longValue() >= DELIVERIES_MAX;
    }

    /** So that there is time left to answer. */
    private boolean mayGoOn() {
        return clock.millis() < endMillis - DeadLetters.MILLIS_MAX / 4;
    }

    private static DeadLetter describe(Delivery letter) {
        AMQP.BasicProperties properties = letter.getProperties();
        Date at = properties.getTimestamp();
        return new DeadLetter(
                messageId(letter),
                routingKey(letter),
                header(properties, "dead-because"),
                at == null ? 0 : at.getTime(),
                Math.max(originalBytes(letter), letter.getBody().length));
    }

    private static String messageId(Delivery letter) {
        String id = letter.getProperties().getMessageId();
        return id == null ? "" : id;
    }

    private static String routingKey(Delivery letter) {
        String original = header(letter.getProperties(), "original-routing-key");
        return original.isEmpty() ? letter.getEnvelope().getRoutingKey() : original;
    }

    private static String header(AMQP.BasicProperties properties, String name) {
        Map<String, Object> headers = properties.getHeaders();
        Object value = headers == null ? null : headers.get(name);
        return value == null ? "" : value.toString();
    }

    private static long originalBytes(Delivery letter) {
        Map<String, Object> headers = letter.getProperties().getHeaders();
        return headers != null && headers.get("original-bytes") instanceof Number bytes ? bytes.longValue() : 0;
    }

    private static boolean isBodiless(Delivery letter) {
        return letter.getBody().length < originalBytes(letter);
    }

    /**
     * Letter by letter from the oldest; one is acknowledged when the broker has confirmed it and not sent it back. The
     * first goes alone: a broker with an alarm confirms nothing, and then no more than that one is in doubt.
     */
    DeadLetters.Republished republish(@Nullable String messageId)
            throws IOException, InterruptedException, TimeoutException {
        Topology.declare(channel);
        channel.confirmSelect();
        channel.addReturnListener(
                message -> returned.add(message.getProperties().getMessageId()));
        connection.addBlockedListener(new BlockedListener() {
            @Override
            public void handleBlocked(String reason) {
                blocked = reason;
            }

            @Override
            public void handleUnblocked() {
                blocked = "";
            }
        });
        long total = count();
        long most = Math.min(total, DeadLetters.LETTERS_MAX);
        take();
        int seen = 0;
        int kept = 0;
        int bodiless = 0;
        while (seen < most && mayGoOn()) {
            List<Delivery> taken = take(Math.min(published + kept == 0 ? 1 : BATCH_MAX, most - seen));
            if (taken.isEmpty()) {
                break;
            }
            seen += taken.size();
            taken.removeIf(
                    letter -> messageId == null ? messageId(letter).isEmpty() : !messageId.equals(messageId(letter)));
            int wanted = taken.size();
            taken.removeIf(DeadQueue::isBodiless);
            bodiless += wanted - taken.size();
            kept += taken.size() - publish(taken);
        }
        return new DeadLetters.Republished(published, kept, bodiless, total - published);
    }

    private List<Delivery> take(long max) throws InterruptedException {
        List<Delivery> taken = new ArrayList<>();
        for (Delivery letter = next(); letter != null; letter = taken.size() < max ? next() : null) {
            taken.add(letter);
        }
        return taken;
    }

    /** @return how many are where they belong now */
    private int publish(List<Delivery> letters) throws IOException, InterruptedException, TimeoutException {
        if (letters.isEmpty()) {
            return 0;
        }
        for (Delivery letter : letters) {
            channel.basicPublish(
                    Topology.EXCHANGE,
                    routingKey(letter),
                    true,
                    false,
                    original(letter.getProperties()),
                    letter.getBody());
        }
        if (!confirmed()) {
            throw new FeedUnavailableException("the broker failed to keep messages" + soFar());
        }
        int done = 0;
        for (Delivery letter : letters) {
            if (!returned.contains(messageId(letter))) {
                channel.basicAck(letter.getEnvelope().getDeliveryTag(), false);
                done++;
            }
        }
        published += done;
        return done;
    }

    private boolean confirmed() throws InterruptedException, TimeoutException {
        try {
            return channel.waitForConfirms(Math.max(1, endMillis - clock.millis()));
        } catch (TimeoutException | ShutdownSignalException e) {
            if (!blocked.isEmpty()) {
                throw new FeedUnavailableException("the broker takes nothing now (" + blocked + ")" + soFar());
            }
            if (published > 0) {
                throw new FeedUnavailableException(Problems.inWords(e) + soFar());
            }
            throw e;
        }
    }

    private String soFar() {
        return "; " + published + " were published before, the others are still there";
    }

    private static AMQP.BasicProperties original(AMQP.BasicProperties properties) {
        Map<String, Object> headers = properties.getHeaders();
        Map<String, Object> kept = headers == null ? new HashMap<>() : new HashMap<>(headers);
        kept.keySet().removeAll(ADDED);
        return properties.builder().headers(kept).build();
    }

    /** What was acknowledged is so for good: the broker takes it before the close. */
    @Override
    public void close() {
        connection.abort(AMQP.REPLY_SUCCESS, "done", CLOSE_MILLIS);
    }
}
