package tavern.server.it;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import tavern.protocol.v1.TradeOutcome;

/** What all traders of a test know together. Safe on any thread. */
final class TraderDeals {
    private static final int COMMITS_SECONDS_MAX = 60;

    private final Map<UUID, Deal> deals = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> items = new ConcurrentHashMap<>();
    private final Semaphore commits = new Semaphore(0);
    private final AtomicLong unavailable = new AtomicLong();
    private final AtomicLong unheard = new AtomicLong();
    private final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    private volatile boolean holds;
    private final Duration patience;
    private final Duration pause;

    /**
     * @param patience how long a trader may hear nothing
     * @param pause between the end of a trade and the next offer
     */
    TraderDeals(Duration patience, Duration pause) {
        this.patience = patience;
        this.pause = pause;
    }

    Duration pause() {
        return pause;
    }

    Duration patience() {
        return patience;
    }

    void open(Deal deal) {
        deals.put(deal.id(), deal);
    }

    Deal deal(UUID id) {
        return Objects.requireNonNull(deals.get(id), () -> "nobody made offer " + id);
    }

    Collection<Deal> deals() {
        return deals.values();
    }

    List<Deal> deals(Predicate<Deal> wanted) {
        return deals.values().stream().filter(wanted).toList();
    }

    long committed() {
        return deals(deal -> deal.outcome() == TradeOutcome.COMMITTED).size();
    }

    void own(String player, List<Long> owned) {
        items.put(player, owned);
    }

    List<Long> itemsOf(String player) {
        return items.getOrDefault(player, List.of());
    }

    /** Counts that somebody was told to try again later. */
    void countUnavailable() {
        unavailable.incrementAndGet();
    }

    /** Counts that somebody accepted, and was not told the outcome. */
    void countUnheard() {
        unheard.incrementAndGet();
    }

    long unheard() {
        return unheard.get();
    }

    long unavailable() {
        return unavailable.get();
    }

    /** From now on accepts are not sent but kept. */
    void holdAccepts() {
        holds = true;
    }

    boolean holdsAccepts() {
        return holds;
    }

    void hold(Runnable accept) {
        held.add(accept);
        if (!holds) {
            sendHeld();
        }
    }

    int held() {
        return held.size();
    }

    /** Sends the accepts that were kept, from the calling thread; later ones are sent at once again. */
    void releaseAccepts() {
        holds = false;
        sendHeld();
    }

    private void sendHeld() {
        Runnable accept;
        while ((accept = held.poll()) != null) {
            accept.run();
        }
    }

    void countCommit() {
        commits.release();
    }

    /** Waits until so many more trades are known to be committed. */
    void awaitCommits(int count) throws InterruptedException, TimeoutException {
        commits.drainPermits();
        if (!commits.tryAcquire(count, COMMITS_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new TimeoutException("only " + commits.availablePermits() + " of " + count
                    + " trades were committed in " + COMMITS_SECONDS_MAX + " s");
        }
    }
}
