package tavern.server.ops;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.AuditAnchor;
import tavern.server.store.AuditAnchors;
import tavern.server.store.AuditChain;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.Causes;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/**
 * Detects changes to the audit log that were not made by the servers. It reads the whole log at the start and every
 * hour, and new entries soon after they are written, and records the newest in the anchors. Once something is wrong the
 * anchors stay as they are, as evidence. Runs on a single thread, which may block on the anchors.
 */
final class AuditWatch implements AutoCloseable {
    static final int PAGE = 200;
    private static final Logger log = LoggerFactory.getLogger(AuditWatch.class);
    private static final long IDLE_MILLIS = 10_000;
    private static final long PAUSE_MILLIS = 20;
    private static final long RETRY_MILLIS_MIN = 10_000;
    private static final long WALK_MILLIS = TimeUnit.HOURS.toMillis(1);
    private static final long CLOSE_MILLIS_MAX = 500;

    private final AuditStore store;
    private final List<AuditAnchors> places;
    private final Clocks clocks;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ops-audit", true));
    /** The recorded head for each anchor that could be read. */
    private final Map<AuditAnchors, Optional<AuditAnchor>> known = new LinkedHashMap<>();
    /** Why an anchor could not be read by the last walk, or could not be written by the last attempt. */
    private final Map<AuditAnchors, String> problems = new LinkedHashMap<>();

    private AuditChain chain = new AuditChain(List.of());
    private long walkAgainMillis;

    /** Doubled with each walk in which an anchor could not be read, because each walk reads the whole log. */
    private long retryMillis = RETRY_MILLIS_MIN;

    private @Nullable Sound saidSound;
    private boolean walking;
    private boolean asking;
    private boolean askAgain;
    private @Nullable ScheduledFuture<?> next;
    private volatile List<AuditAnchor> anchors = List.of();
    private volatile @Nullable String fault;
    private volatile @Nullable String trouble;
    private volatile @Nullable String unread;

    private AuditWatch(AuditStore store, List<AuditAnchors> places, Clocks clocks) {
        this.store = store;
        this.places = List.copyOf(places);
        this.clocks = clocks;
    }

    static AuditWatch start(AuditStore store, List<AuditAnchors> places, Clocks clocks) {
        AuditWatch watch = new AuditWatch(store, places, clocks);
        watch.thread.execute(watch::walk);
        return watch;
    }

    // ---- on any thread ----

    /** Reports that an entry was written. */
    void written() {
        try {
            thread.execute(this::turn);
        } catch (RejectedExecutionException e) {
            log.trace("too late; the next start reads it", e);
        }
    }

    /** What somebody did to the log, in words, or null if nothing is known. Stays until the server is restarted. */
    @Nullable
    String fault() {
        return fault;
    }

    /** Why anchors cannot be read or written, in words, or null if all can. */
    @Nullable
    String trouble() {
        return trouble;
    }

    /**
     * Why the log cannot be read, in words, or null if it can or if the store does not answer, which is reported
     * elsewhere. It is tried again.
     */
    @Nullable
    String unread() {
        return unread;
    }

    /** The recorded heads. The log has these entries, and perhaps newer ones. */
    List<AuditAnchor> anchors() {
        return anchors;
    }

    // ---- on the watch's thread ----

    private void walk() {
        known.clear();
        problems.clear();
        for (AuditAnchors place : places) {
            try {
                known.put(place, place.read());
            } catch (IOException e) {
                problems.put(place, inWords(e));
            }
        }
        tellProblems();
        chain = new AuditChain(remembered());
        boolean complete = known.size() == places.size();
        walkAgainMillis = clocks.monotonic().millis() + (complete ? WALK_MILLIS : retryMillis);
        retryMillis = complete ? RETRY_MILLIS_MIN : Math.min(WALK_MILLIS, 2 * retryMillis);
        walking = true;
        turn();
    }

    private List<AuditAnchor> remembered() {
        List<AuditAnchor> all =
                known.values().stream().flatMap(Optional::stream).toList();
        anchors = all;
        return all;
    }

    private void turn() {
        askAgain = asking;
        if (asking || fault != null) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        asking = true;
        // The last entry is read again, to check that it is unchanged.
        AnswerTimeout.bounded(Stages.begin(() -> store.audit(Math.max(0, chain.seq() - 1), PAGE)))
                .whenCompleteAsync(this::read, thread);
    }

    private void read(@Nullable List<AuditEntry> page, @Nullable Throwable failure) {
        asking = false;
        if (page == null) {
            failed(failure == null ? new IllegalStateException("no answer") : Causes.of(failure));
            return;
        }
        unread = null;
        Optional<String> wrong = add(page);
        boolean atTheEnd = page.size() < PAGE;
        if (wrong.isEmpty() && atTheEnd) {
            wrong = chain.end();
        }
        if (wrong.isPresent()) {
            broken(wrong.get());
        } else if (atTheEnd) {
            reachedTheEnd();
        } else {
            schedule(PAUSE_MILLIS);
        }
    }

    /** Only a value that was read can show that somebody has changed the log. */
    private void failed(Throwable cause) {
        if (cause instanceof ForeignValueException) {
            broken("what follows entry " + chain.seq() + " is not an entry: " + cause.getMessage());
            return;
        }
        if (!(cause instanceof StoreUnavailableException || cause instanceof TimeoutException)) {
            String problem = inWords(cause);
            if (!problem.equals(unread)) {
                log.warn("the audit log cannot be read, which is tried again: {}", problem);
            }
            unread = problem;
        }
        schedule(IDLE_MILLIS);
    }

    private static String inWords(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private Optional<String> add(List<AuditEntry> page) {
        int begin = 0;
        if (chain.seq() > 0) {
            if (page.isEmpty() || !chain.isLast(page.get(0))) {
                return Optional.of("entry " + chain.seq() + " is gone, or is not what this server read before");
            }
            begin = 1;
        }
        for (AuditEntry entry : page.subList(begin, page.size())) {
            Optional<String> wrong = chain.add(entry);
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private void reachedTheEnd() {
        if (walking) {
            walking = false;
            saySound();
        }
        anchor();
        if (askAgain) {
            turn();
        } else if (clocks.monotonic().millis() >= walkAgainMillis) {
            walk();
        } else {
            schedule(IDLE_MILLIS);
        }
    }

    /** An anchor is compared with the log before it is replaced, so one that could not be read must wait. */
    private void anchor() {
        if (chain.seq() == 0) {
            return;
        }
        for (Map.Entry<AuditAnchors, Optional<AuditAnchor>> each : known.entrySet()) {
            AuditAnchors place = each.getKey();
            AuditAnchor head = new AuditAnchor(
                    place.where(), chain.seq(), chain.hash(), clocks.wall().millis());
            try {
                if (each.getValue().map(AuditAnchor::seq).orElse(0L) != head.seq()) {
                    place.write(head);
                    each.setValue(Optional.of(head));
                    problems.remove(place);
                }
            } catch (IOException e) {
                problems.put(place, inWords(e));
            }
        }
        tellProblems();
        remembered();
    }

    private record Sound(long seq, String hash, List<AuditAnchor> anchors) {}

    /** Logs a sound result once, until something new was found to be sound. */
    private void saySound() {
        Sound now = new Sound(chain.seq(), chain.hash(), anchors);
        if (!now.equals(saidSound)) {
            saidSound = now;
            say("is sound");
        }
    }

    private void say(String state) {
        log.info("the audit log {}: {} entries, the newest has the hash {}", state, chain.seq(), chain.hash());
    }

    private void broken(String what) {
        fault = what;
        log.error(
                "the audit log is not as it was written: {}; somebody has written to the store beside the server. Keep"
                        + " copies of the store, of audit.anchor and of this log, which has the hash of each entry, and compare",
                what);
    }

    /** Logs a problem once, not at each attempt. */
    private void tellProblems() {
        String all = problems.isEmpty() ? null : String.join("; ", problems.values());
        if (all != null && !all.equals(trouble)) {
            log.warn("the head of the audit log cannot be anchored: {}", all);
        }
        trouble = all;
    }

    private void schedule(long millis) {
        if (!thread.isShutdown()) {
            next = thread.schedule(this::turn, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Blocks for half a second at most. */
    @Override
    public void close() {
        thread.execute(() -> {
            if (next != null) {
                next.cancel(false);
            }
            if (fault == null) {
                say("is left");
            }
        });
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_MILLIS_MAX, TimeUnit.MILLISECONDS)) {
                log.debug("an anchor of the audit log is still being written");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
