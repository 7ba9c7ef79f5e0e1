package tavern.server.feed.rabbitmq;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.feed.DeadLetters;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.time.MonotonicClock;

/**
 * Runs operators' commands on dead letters, one after another, on a thread of its own, which alone may block, and each
 * on a connection of its own. The watchdog ends a command that exceeds its time.
 */
final class LetterDesk implements DeadLetters, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LetterDesk.class);
    static final int WAITING_MAX = 8;
    private static final long IDLE_SECONDS = 10;

    /** How long a count is reused, because consoles ask for it all the time. */
    private static final long COUNT_MILLIS = 5_000;

    /**
     * Time between counts that nobody requested: letters outlive the server that put them there, other servers add
     * some, and the ledger queue may not be consumed.
     */
    private static final long COUNT_PERIOD_MILLIS = 30_000;

    private final Broker broker;
    private final MonotonicClock clock;
    private final FeedMetrics metrics;
    private final ThreadPoolExecutor thread;

    private final Set<CompletableFuture<?>> owed = ConcurrentHashMap.newKeySet();

    /** The socket that the current command may be blocked on, and its deadline. For the watchdog. */
    private volatile @Nullable Hold hold;

    /** The newest count, in progress or completed, successfully or not. */
    private volatile Counted counted = new Counted(CompletableFuture.completedFuture(0L), -COUNT_MILLIS);

    private volatile long ledgerMessages = -1;

    /** Whether there were letters that are not known to be gone. Written under this object's lock. */
    private volatile boolean found;

    /** The number of letters this server had put there when none was left. Written under this object's lock. */
    private volatile double gone;

    /**
     * Set when a count was 0, which also happens while another server holds the letters to read them, so one is not
     * enough.
     */
    private volatile @Nullable Zero zero;

    /** When the letters were last counted without a request. Confined to the watchdog's thread. */
    private long lastCountMillis;

    private record Hold(Socket socket, long endMillis) {}

    private record Counted(CompletableFuture<Long> letters, long atMillis) {}

    private record Zero(double put, long atMillis) {}

    private interface Command<T> {
        T run(DeadQueue queue) throws IOException, InterruptedException, TimeoutException;
    }

    LetterDesk(Broker broker, MonotonicClock clock, FeedMetrics metrics) {
        this.broker = broker;
        this.clock = clock;
        this.metrics = metrics;
        thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                new FeedThreads("feed-letters"));
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public boolean isSuspected() {
        return found || metrics.dead.count() > gone;
    }

    /** Messages in the ledger queue at the last count, or -1 if there was none. */
    long ledgerMessages() {
        return ledgerMessages;
    }

    @Override
    public synchronized CompletionStage<Long> count() {
        recount();
        return counted.letters.copy();
    }

    /** Counts again, unless a count is in progress or was made a moment ago. */
    private synchronized void recount() {
        Counted newest = counted;
        if (!newest.letters.isDone() || clock.millis() - newest.atMillis < COUNT_MILLIS) {
            return;
        }
        double put = metrics.dead.count();
        CompletableFuture<Long> letters = send(DeadQueue::depths)
                .thenApply(there -> {
                    ledgerMessages = there.ledger();
                    settle(there.dead(), put);
                    return there.dead();
                })
                .toCompletableFuture();
        counted = new Counted(letters, clock.millis());
        letters.whenComplete((there, failure) -> counted = new Counted(letters, clock.millis()));
    }

    /** @param put number of letters that this server had put there when the count was requested */
    private void count(long letters, double put) {
        counted = new Counted(CompletableFuture.completedFuture(letters), clock.millis());
        settle(letters, put);
    }

    private synchronized void settle(long letters, double put) {
        Zero before = zero;
        long now = clock.millis();
        if (letters != 0) {
            zero = null;
            found = true;
        } else if (before == null) {
            zero = new Zero(put, now);
        } else if (now - before.atMillis > MILLIS_MAX) {
            gone = Math.max(gone, before.put);
            found = false;
            zero = new Zero(put, now);
        }
    }

    @Override
    public CompletionStage<Found> look(int max) {
        double put = metrics.dead.count();
        return send(queue -> queue.look(max)).thenApply(seen -> {
            count(seen.total(), put);
            return seen;
        });
    }

    @Override
    public CompletionStage<Republished> republish(@Nullable String messageId) {
        double put = metrics.dead.count();
        return send(queue -> queue.republish(messageId)).thenApply(done -> {
            count(done.left(), put);
            return done;
        });
    }

    private <T> CompletionStage<T> send(Command<T> command) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        owed.add(answer);
        answer.whenComplete((done, failure) -> owed.remove(answer));
        long endMillis = clock.millis() + MILLIS_MAX;
        try {
            thread.execute(() -> run(command, endMillis, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new FeedUnavailableException("other requests about dead letters are in progress; try again"));
        }
        return answer;
    }

    // Whatever the client throws becomes the answer.
    @SuppressWarnings("IllegalCatch")
    private <T> void run(Command<T> command, long endMillis, CompletableFuture<T> answer) {
        T result;
        try (DeadQueue queue = open(endMillis)) {
            result = command.run(queue);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(stopping());
            return;
        } catch (IOException | TimeoutException | GeneralSecurityException | RuntimeException e) {
            log.debug("the dead letters could not be read", e);
            answer.completeExceptionally(
                    e instanceof FeedUnavailableException ? e : new FeedUnavailableException(inWords(e, endMillis)));
            return;
        } catch (Error e) {
            answer.completeExceptionally(e);
            throw e;
        } finally {
            hold = null;
        }
        answer.complete(result);
    }

    private DeadQueue open(long endMillis) throws IOException, TimeoutException, GeneralSecurityException {
        if (clock.millis() >= endMillis) {
            throw new TimeoutException("earlier requests took too long");
        }
        return DeadQueue.open(
                broker.topology(),
                broker.connect("letters", socket -> hold = new Hold(socket, endMillis)),
                clock,
                endMillis);
    }

    private String inWords(Exception failure, long endMillis) {
        String why = clock.millis() >= endMillis
                ? "no answer within " + MILLIS_MAX / 1000 + " s"
                : Problems.inWords(failure);
        return "RabbitMQ: " + why;
    }

    /** Called on the watchdog's thread. */
    void watch() {
        Hold held = hold;
        if (held != null && clock.millis() >= held.endMillis) {
            BrokerLink.cut(held.socket);
        }
        Zero once = zero;
        long now = clock.millis();
        boolean mayBeGone = once != null && (found || once.put > gone) && now - once.atMillis > MILLIS_MAX;
        if (mayBeGone || now - lastCountMillis > COUNT_PERIOD_MILLIS) {
            lastCountMillis = now;
            recount();
        }
    }

    /** Returns at once; pending requests fail. */
    @Override
    public void close() {
        thread.shutdownNow();
        Hold held = hold;
        if (held != null) {
            BrokerLink.cut(held.socket);
        }
        for (CompletableFuture<?> each : owed) {
            each.completeExceptionally(stopping());
        }
    }

    /** A command in progress may have published letters. */
    private static FeedUnavailableException stopping() {
        return FeedUnavailableException.whilePublishing("the server stops");
    }
}
