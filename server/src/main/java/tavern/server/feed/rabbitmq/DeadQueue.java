package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
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
import tavern.server.time.MonotonicClock;

/**
 * The dead-letter queue, on a connection of its own. Letters that were taken and not acknowledged are back in the
 * queue, in order, once the connection is closed. A quorum queue delivers returned messages first, so all letters up to
 * the bound are taken each time; otherwise those that were not taken would come first the next time. Confined to the
 * thread of {@link LetterDesk}; methods block.
 */
final class DeadQueue implements AutoCloseable {
    /**
     * RabbitMQ sends at most 32 acknowledgements at a time to a quorum queue, holds back the rest, and forgets those
     * when the channel is closed. Waiting for the confirms of a batch gives it time to process the acknowledgements of
     * the previous one.
     */
    private static final int BATCH_MAX = 30;

    /** After this time without a delivery no more letters are expected, whatever their number was. */
    private static final long SILENCE_MILLIS = 500;

    private static final int CLOSE_MILLIS = 500;

    /**
     * From this version on a queue drops messages that were delivered more than 20 times, unless configured otherwise.
     */
    private static final int VERSION_THAT_DROPS = 4;

    private static final int DELIVERIES_MAX = 10;

    /** Headers that the feed or the broker added to a letter; without them the headers are those of the trade again. */
    private static final Set<String> ADDED =
            Set.of("dead-because", "original-exchange", "original-routing-key", "original-bytes", "x-delivery-count");

    private final Topology topology;
    private final Connection connection;
    private final Channel channel;
    private final MonotonicClock clock;
    private final long endMillis;

    /** Filled on the client's own thread, before the confirm of the same message. */
    private final Set<String> returned = ConcurrentHashMap.newKeySet();

    /** Letters that were taken and not yet processed. */
    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>(DeadLetters.LETTERS_MAX);

    private volatile String blocked = "";
    private boolean publishing;
    private int published;

    private DeadQueue(Topology topology, Connection connection, Channel channel, MonotonicClock clock, long endMillis) {
        this.topology = topology;
        this.connection = connection;
        this.channel = channel;
        this.clock = clock;
        this.endMillis = endMillis;
    }

    static DeadQueue open(Topology topology, Connection connection, MonotonicClock clock, long endMillis)
            throws IOException {
        try {
            return new DeadQueue(topology, connection, connection.createChannel(), clock, endMillis);
        } catch (IOException | RuntimeException e) {
            connection.abort(AMQP.CONNECTION_FORCED, "not usable", CLOSE_MILLIS);
            throw e;
        }
    }

    private long count() throws IOException {
        return count(Topology.DEAD);
    }

    /** Counts the messages in each of the server's queues; 0 for a queue that does not exist. */
    Depths depths() throws IOException {
        return new Depths(count(Topology.DEAD), count(Topology.LEDGER));
    }

    record Depths(long dead, long ledger) {}

    /** Uses a channel of its own, which the broker closes if the queue does not exist. */
    private long count(String queue) throws IOException {
        Channel asking = connection.createChannel();
        try {
            long messages = asking.queueDeclarePassive(queue).getMessageCount();
            asking.abort();
            return messages;
        } catch (IOException e) {
            if (isMissing(e)) {
                return 0;
            }
            throw e;
        }
    }

    /** The queue may not exist before the relay's first connection, which declares it. */
    private static boolean isMissing(IOException failure) {
        return failure.getCause() instanceof ShutdownSignalException closed
                && closed.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == AMQP.NOT_FOUND;
    }

    /** Starts the delivery of letters, at most as many as may be unacknowledged. */
    private void take() throws IOException {
        channel.basicQos(DeadLetters.LETTERS_MAX);
        channel.basicConsume(Topology.DEAD, false, (tag, letter) -> deliveries.add(letter), tag -> {});
    }

    /** Returns the next letter, or null if there are no more. */
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
                close(); // returns the letters to the queue
                throw new FeedUnavailableException("letters were read so often that RabbitMQ might drop them: set"
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

    /** Whether to continue; leaves time for the answer. */
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
     * Publishes letters starting with the oldest, and acknowledges each once the broker has confirmed it without
     * returning it, or has returned one that is not of a trade. The first is published alone: a broker with an alarm
     * confirms nothing, and then only that one is in doubt.
     *
     * @throws FeedUnavailableException when it broke off, and letters were published or may have been
     */
    DeadLetters.Republished republish(@Nullable String messageId)
            throws IOException, InterruptedException, TimeoutException {
        try {
            return republishAll(messageId);
        } catch (IOException | TimeoutException | RuntimeException e) {
            if (!publishing || e instanceof FeedUnavailableException) {
                throw e;
            }
            throw inDoubt(
                    blocked.isEmpty()
                            ? "RabbitMQ: " + Problems.inWords(e)
                            : "the broker takes nothing now (" + blocked + ")");
        }
    }

    private FeedUnavailableException inDoubt(String why) {
        return FeedUnavailableException.whilePublishing(why + "; " + published
                + " were published before; those sent last may have been delivered and may still be here, the others are"
                + " still here");
    }

    private DeadLetters.Republished republishAll(@Nullable String messageId)
            throws IOException, InterruptedException, TimeoutException {
        topology.declare(channel);
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

    /** @return how many were delivered to their queues */
    private int publish(List<Delivery> letters) throws IOException, InterruptedException, TimeoutException {
        if (letters.isEmpty()) {
            return 0;
        }
        publishing = true;
        for (Delivery letter : letters) {
            channel.basicPublish(
                    Topology.EXCHANGE,
                    routingKey(letter),
                    true,
                    false,
                    original(letter.getProperties()),
                    letter.getBody());
        }
        if (!channel.waitForConfirms(Math.max(1, endMillis - clock.millis()))) {
            throw inDoubt("the broker failed to keep messages");
        }
        int done = 0;
        for (Delivery letter : letters) {
            // Nobody need follow transactions other than trades: for the relay, too, such a message is then delivered.
            if (!returned.contains(messageId(letter)) || !TransactionEvents.isOfTrade(letter.getBody())) {
                channel.basicAck(letter.getEnvelope().getDeliveryTag(), false);
                done++;
            }
        }
        published += done;
        return done;
    }

    private static AMQP.BasicProperties original(AMQP.BasicProperties properties) {
        Map<String, Object> headers = properties.getHeaders();
        Map<String, Object> kept = headers == null ? new HashMap<>() : new HashMap<>(headers);
        kept.keySet().removeAll(ADDED);
        return properties.builder().headers(kept).build();
    }

    /** Acknowledgements are not lost: the broker processes them before the close. */
    @Override
    public void close() {
        connection.abort(AMQP.REPLY_SUCCESS, "done", CLOSE_MILLIS);
    }
}
