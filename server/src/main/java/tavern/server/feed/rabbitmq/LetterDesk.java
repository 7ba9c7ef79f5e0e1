package tavern.server.feed.rabbitmq;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
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

/**
 * Operators' errands to the dead letters: one after another on a thread of their own, which alone may block, and each on
 * a connection of its own. One whose time is up is ended by the watchdog.
 */
final class LetterDesk implements DeadLetters, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LetterDesk.class);
    static final int WAITING_MAX = 8;
    private static final long IDLE_SECONDS = 10;

    /** Consoles ask for the count all the time. */
    private static final long COUNT_MILLIS = 5_000;

    private final Broker broker;
    private final InstantSource clock;
    private final FeedMetrics metrics;
    private final ThreadPoolExecutor thread;

    private final Set<CompletableFuture<?>> owed = ConcurrentHashMap.newKeySet();

    /** What the errand under way may hang on, and until when. For the watchdog. */
    private volatile @Nullable Hold hold;

    /** Under way or done, well or not. */
    private volatile Counted counted = new Counted(CompletableFuture.completedFuture(0L), -COUNT_MILLIS);

    /** Letters that this server had put there when none was there any more. Written under this. */
    private volatile double gone;

    /** The count was 0; it is so too while another server looks and holds the letters, so once is not enough. */
    private volatile @Nullable Zero zero;

    private record Hold(Socket socket, long endMillis) {}

    private record Counted(CompletableFuture<Long> letters, long atMillis) {}

    private record Zero(double put, long atMillis) {}

    private interface Errand<T> {
        T run(DeadQueue queue) throws IOException, InterruptedException, TimeoutException;
    }

    LetterDesk(Broker broker, InstantSource clock, FeedMetrics metrics) {
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
        return metrics.dead.count() > gone;
    }

    @Override
    public synchronized CompletionStage<Long> count() {
        recount();
        return counted.letters.copy();
    }

    /** Unless a count is under way, or was made a moment ago. */
    private synchronized void recount() {
        Counted newest = counted;
        if (!newest.letters.isDone() || clock.millis() - newest.atMillis < COUNT_MILLIS) {
            return;
        }
        double put = metrics.dead.count();
        CompletableFuture<Long> letters = send(DeadQueue::count)
                .thenApply(found -> {
                    settle(found, put);
                    return found;
                })
                .toCompletableFuture();
        counted = new Counted(letters, clock.millis());
        letters.whenComplete((found, failure) -> counted = new Counted(letters, clock.millis()));
    }

    /** @param put letters that this server had put there when it was asked for */
    private void count(long letters, double put) {
        counted = new Counted(CompletableFuture.completedFuture(letters), clock.millis());
        settle(letters, put);
    }

    private synchronized void settle(long letters, double put) {
        Zero before = zero;
        long now = clock.millis();
        if (letters != 0) {
            zero = null;
        } else if (before == null) {
            zero = new Zero(put, now);
        } else if (now - before.atMillis > MILLIS_MAX) {
            gone = Math.max(gone, before.put);
            zero = new Zero(put, now);
        }
    }

    @Override
    public CompletionStage<Found> look(int max) {
        double put = metrics.dead.count();
        return send(queue -> queue.look(max)).thenApply(found -> {
            count(found.total(), put);
            return found;
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

    private <T> CompletionStage<T> send(Errand<T> errand) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        owed.add(answer);
        answer.whenComplete((done, failure) -> owed.remove(answer));
        long endMillis = clock.millis() + MILLIS_MAX;
        try {
            thread.execute(() -> run(errand, endMillis, answer));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(
                    new FeedUnavailableException("others ask about the dead letters now; try again"));
        }
        return answer;
    }

    // Whatever the client throws is the answer.
    @SuppressWarnings("IllegalCatch")
    private <T> void run(Errand<T> errand, long endMillis, CompletableFuture<T> answer) {
        T result;
        try (DeadQueue queue = open(endMillis)) {
            result = errand.run(queue);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(new FeedUnavailableException("the server stops"));
            return;
        } catch (IOException | TimeoutException | GeneralSecurityException | RuntimeException e) {
            log.debug("the dead letters could not be had", e);
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
            throw new TimeoutException("others asked before, and it took too long");
        }
        return DeadQueue.open(
                broker.connect("letters", socket -> hold = new Hold(socket, endMillis)), clock, endMillis);
    }

    private String inWords(Exception failure, long endMillis) {
        String why = clock.millis() >= endMillis
                ? "no answer within " + MILLIS_MAX / 1000 + " s"
                : Problems.inWords(failure);
        return "RabbitMQ: " + why;
    }

    /** On the watchdog's thread. */
    void watch() {
        Hold held = hold;
        if (held != null && clock.millis() >= held.endMillis) {
            BrokerLink.cut(held.socket);
        }
        Zero once = zero;
        if (once != null && once.put > gone && clock.millis() - once.atMillis > MILLIS_MAX) {
            recount();
        }
    }

    /** Returns at once; who waits hears of it. */
    @Override
    public void close() {
        thread.shutdownNow();
        Hold held = hold;
        if (held != null) {
            BrokerLink.cut(held.socket);
        }
        for (CompletableFuture<?> each : owed) {
            each.completeExceptionally(new FeedUnavailableException("the server stops"));
        }
    }
}
