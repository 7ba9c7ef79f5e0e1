package tavern.sim.ledger;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.TransactionCommitted;
import tavern.sim.audit.KnownTrade;

/**
 * The messages received from the queue, each kept once. Delivery is at least once: a repeat with the same id and the
 * same body is counted and otherwise ignored; one with another body is a fault. Safe on any thread.
 */
public final class FeedLedger {
    /** Each message takes about half a kilobyte of memory. */
    private static final int MESSAGES_MAX = 1_000_000;

    private static final int FAULTS_MAX = 20;

    private record Owner(String room, long fence) {}

    private final Map<String, PublishedTrade> messages = new LinkedHashMap<>();
    private final Set<KnownTrade.Key> keys = new HashSet<>();
    private final Map<Owner, Long> latestMillis = new HashMap<>();
    private final List<String> faults = new ArrayList<>();
    private long delivered;
    private long repeated;
    private long inversions;
    private long bad;
    private long altered;
    private long newestNanos = System.nanoTime();

    /** Records one delivery. */
    public synchronized void receive(byte[] body, @Nullable String messageId) {
        delivered++;
        try {
            TransactionCommitted trade = LedgerMessage.read(body, messageId);
            PublishedTrade published = new PublishedTrade(LedgerMessage.id(trade), ByteString.copyFrom(body));
            if (messages.size() >= MESSAGES_MAX && !messages.containsKey(trade.getMessageId())) {
                throw new BadMessageException("more than " + MESSAGES_MAX + " different messages, too many to audit");
            }
            PublishedTrade first = messages.putIfAbsent(trade.getMessageId(), published);
            if (first == null) {
                enter(trade, published);
            } else if (first.equals(published)) {
                repeated++;
            } else {
                altered++;
                fault("message " + trade.getMessageId() + " was delivered again with other contents");
            }
        } catch (BadMessageException e) {
            bad++;
            fault("message " + printable(messageId) + ": " + e.getMessage());
        }
        notifyAll();
    }

    private void enter(TransactionCommitted trade, PublishedTrade published) {
        newestNanos = System.nanoTime();
        keys.add(published.claim().key());
        Owner owner = new Owner(trade.getRoom(), trade.getFence());
        long latest = latestMillis.getOrDefault(owner, Long.MIN_VALUE);
        if (trade.getCommittedAtMs() < latest) {
            inversions++;
        } else {
            latestMillis.put(owner, trade.getCommittedAtMs());
        }
    }

    private void fault(String text) {
        if (faults.size() < FAULTS_MAX) {
            faults.add(text);
        }
    }

    /** An id from a foreign publisher may contain any characters. */
    private static String printable(@Nullable String id) {
        if (id == null) {
            return "without an id";
        }
        String plain = id.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 64 ? plain : plain.substring(0, 64) + "…";
    }

    /**
     * Waits until all of these trades have arrived and nothing new followed for a while, or until nothing new has
     * arrived for a long time.
     *
     * @param settleMillis how long nothing new must arrive once all expected trades have
     * @param quietMillis how long nothing new must arrive before the missing trades are given up
     * @param totalMillis the longest wait in any case
     */
    public synchronized void awaitDrained(
            Set<KnownTrade.Key> expected, long settleMillis, long quietMillis, long totalMillis)
            throws InterruptedException {
        long began = System.nanoTime();
        while (true) {
            long now = System.nanoTime();
            long quietFor = TimeUnit.NANOSECONDS.toMillis(now - Math.max(newestNanos, began));
            long patience = keys.containsAll(expected) ? settleMillis : quietMillis;
            long left = Math.min(patience - quietFor, totalMillis - TimeUnit.NANOSECONDS.toMillis(now - began));
            if (left <= 0) {
                return;
            }
            wait(left);
        }
    }

    synchronized List<PublishedTrade> trades() {
        return List.copyOf(messages.values());
    }

    /** The trades that the messages report as committed, each once, in order of arrival. */
    public synchronized List<KnownTrade> claims() {
        return messages.values().stream().map(PublishedTrade::claim).toList();
    }

    /** Descriptions of the first few faulty messages. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** Number of deliveries, repeats included. */
    public synchronized long delivered() {
        return delivered;
    }

    /** Number of deliveries of a message received before, identical in every byte. */
    public synchronized long repeated() {
        return repeated;
    }

    /**
     * Number of first deliveries whose trade was committed before that of an earlier delivery of the same room and
     * owner.
     */
    public synchronized long inversions() {
        return inversions;
    }

    /** Number of messages that are not valid feed messages. */
    public synchronized long bad() {
        return bad;
    }

    /** Number of repeats whose contents differ. */
    public synchronized long altered() {
        return altered;
    }
}
