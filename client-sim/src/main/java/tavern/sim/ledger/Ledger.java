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
import tavern.protocol.v1.TradeCommitted;
import tavern.sim.audit.KnownTrade;

/**
 * What came out of the queue, each message once. Delivery is at least once: a repeat with the same id and the same body
 * is counted and otherwise ignored; one with another body is a fault. On any thread.
 */
public final class Ledger {
    /** Holds about half a kilobyte for each. */
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

    /** Takes one delivery. */
    public synchronized void receive(byte[] body, @Nullable String messageId) {
        delivered++;
        try {
            TradeCommitted trade = LedgerMessage.read(body, messageId);
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
                fault("message " + trade.getMessageId() + " came again with other contents");
            }
        } catch (BadMessageException e) {
            bad++;
            fault("message " + printable(messageId) + ": " + e.getMessage());
        }
        notifyAll();
    }

    private void enter(TradeCommitted trade, PublishedTrade published) {
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

    /** A foreign writer's id may hold anything. */
    private static String printable(@Nullable String id) {
        if (id == null) {
            return "without an id";
        }
        String plain = id.replaceAll("[^\\x20-\\x7e]", "?");
        return plain.length() <= 64 ? plain : plain.substring(0, 64) + "…";
    }

    /**
     * Waits until all of these have come and nothing came after them for a while, or nothing new came for long.
     *
     * @param settleMillis of quiet after the last one that was waited for
     * @param quietMillis without anything new, after which the rest is given up
     * @param totalMillis after which it returns in any case
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

    /** What the messages claim to have been committed, each once, in the order they came. */
    public synchronized List<KnownTrade> claims() {
        return messages.values().stream().map(PublishedTrade::claim).toList();
    }

    /** In words, what was wrong with single messages; the first few. */
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /** Deliveries, repeats included. */
    public synchronized long delivered() {
        return delivered;
    }

    /** Deliveries of a message that had come before, the same in every byte. */
    public synchronized long repeated() {
        return repeated;
    }

    /** First deliveries that were committed before an earlier one of the same room and owner. */
    public synchronized long inversions() {
        return inversions;
    }

    /** Messages that are not the feed's. */
    public synchronized long bad() {
        return bad;
    }

    /** Repeats whose contents differ. */
    public synchronized long altered() {
        return altered;
    }
}
