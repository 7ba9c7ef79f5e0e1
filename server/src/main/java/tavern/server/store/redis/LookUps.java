package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Causes;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * Looks up one thing after another: while a call is under way, further ones wait, and leave together when it is answered. So many
 * look-ups need few calls, and a single one waits for nothing.
 *
 * <p>Safe on any thread. Those that wait are operations in flight, and bounded as such. None is answered while the lock is held.
 */
final class LookUps<K, V, R> {
    /** Redis runs nothing else while it looks through a batch, and makes one reply of all it finds. */
    static final int BATCH_MAX = 64;

    private final OperationsInFlight inFlight;
    private final Function<List<K>, CompletionStage<List<V>>> find;
    private final BiFunction<K, V, CompletionStage<R>> finish;

    // Guarded by this.
    private List<LookUp<K, R>> waiting = new ArrayList<>();
    private int underWay;

    private record LookUp<K, R>(K key, CompletableFuture<R> answer) {}

    private record Sent<K, V, R>(List<LookUp<K, R>> batch, CompletionStage<List<V>> found) {}

    /**
     * @param find finds the values of all these keys, in their order, and does not count as an operation in flight
     * @param finish makes an answer of what was found; in flight until it completes
     */
    LookUps(
            OperationsInFlight inFlight,
            Function<List<K>, CompletionStage<List<V>>> find,
            BiFunction<K, V, CompletionStage<R>> finish) {
        this.inFlight = inFlight;
        this.find = find;
        this.finish = finish;
    }

    CompletionStage<R> find(K key) {
        StoreUnavailableException refusal = inFlight.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        LookUp<K, R> lookUp = new LookUp<>(key, new CompletableFuture<>());
        Sent<K, V, R> sent = null;
        synchronized (this) {
            waiting.add(lookUp);
            if (underWay == 0 || waiting.size() == BATCH_MAX) {
                sent = send();
            }
        }
        if (sent != null) {
            listen(sent);
        }
        return lookUp.answer();
    }

    /** Called under the lock. */
    private Sent<K, V, R> send() {
        List<LookUp<K, R>> batch = waiting;
        waiting = new ArrayList<>();
        underWay++;
        return new Sent<>(batch, ask(batch));
    }

    private CompletionStage<List<V>> ask(List<LookUp<K, R>> batch) {
        return Stages.begin(() -> find.apply(batch.stream().map(LookUp::key).toList()));
    }

    private void listen(Sent<K, V, R> sent) {
        sent.found().whenComplete((found, thrown) -> {
            Throwable failure = thrown == null ? null : Causes.of(thrown);
            List<LookUp<K, R>> batch = sent.batch();
            try {
                if (failure == null || failure instanceof StoreUnavailableException || batch.size() == 1) {
                    answer(batch, found, failure);
                } else {
                    // One of them is at fault.
                    batch.forEach(lookUp ->
                            ask(List.of(lookUp)).whenComplete((alone, fault) -> answer(List.of(lookUp), alone, fault)));
                }
            } finally {
                goOn(failure);
            }
        });
    }

    private void answer(List<LookUp<K, R>> batch, @Nullable List<V> found, @Nullable Throwable failure) {
        for (int i = 0; i < batch.size(); i++) {
            LookUp<K, R> lookUp = batch.get(i);
            int at = i;
            CompletionStage<R> answer = found == null
                    ? CompletableFuture.failedFuture(Objects.requireNonNull(failure))
                    : Stages.begin(() -> finish.apply(lookUp.key(), found.get(at)));
            answer.whenComplete((done, fault) -> {
                inFlight.leave();
                if (fault == null) {
                    lookUp.answer().complete(done);
                } else {
                    lookUp.answer().completeExceptionally(Causes.of(fault));
                }
            });
        }
    }

    private void goOn(@Nullable Throwable failure) {
        List<LookUp<K, R>> given = List.of();
        Sent<K, V, R> next = null;
        synchronized (this) {
            underWay--;
            if (failure instanceof StoreUnavailableException) {
                // Each would only wait for a time-out of its own.
                given = waiting;
                waiting = new ArrayList<>();
            } else if (underWay == 0 && !waiting.isEmpty()) {
                next = send();
            }
        }
        answer(given, null, failure);
        if (next != null) {
            listen(next);
        }
    }
}
