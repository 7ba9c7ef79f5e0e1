package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;

/**
 * Sends turns that move no goods, write no values and have no events. While a call of a room is under way, its further turns wait,
 * and leave together in one call when it is answered: so a room with many turns needs few calls, and one with few
 * turns waits for nothing.
 *
 * <p>Safe on any thread. Turns that wait are operations in flight, and bounded as such. No turn is answered while the lock
 * is held.
 */
final class TurnBatches {
    /** Redis runs nothing else while it looks through a batch. */
    static final int TURNS_MAX = 128;

    private final RedisExecutor calls;
    private final OperationsInFlight inFlight;
    private final TransactionScript script;

    /** Of rooms with a call under way. Guarded by this. */
    private final Map<RoomId, Lane> lanes = new HashMap<>();

    private static final class Lane {
        private int underWay;
        private @Nullable Batch waiting;
    }

    private static final class Batch {
        private final TurnChain chain;
        private final List<CompletableFuture<TransactionResult>> answers = new ArrayList<>(1);

        Batch(Transaction first) {
            chain = new TurnChain(first);
        }
    }

    private record Sent(RoomId room, Batch batch, CompletionStage<List<TransactionResult>> results) {}

    TurnBatches(RedisExecutor calls, OperationsInFlight inFlight, TransactionScript script) {
        this.calls = calls;
        this.inFlight = inFlight;
        this.script = script;
    }

    /** @param turn for {@link Script#TURN} */
    CompletionStage<TransactionResult> take(Transaction turn) {
        StoreUnavailableException refusal = inFlight.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        RoomId room = Objects.requireNonNull(turn.turn()).room();
        CompletableFuture<TransactionResult> answer = new CompletableFuture<>();
        List<Sent> sent = new ArrayList<>(1);
        synchronized (this) {
            Lane lane = lanes.computeIfAbsent(room, begun -> new Lane());
            Batch batch = lane.waiting;
            if (batch != null && (batch.chain.size() >= TURNS_MAX || !batch.chain.add(turn))) {
                sent.add(send(room, lane, batch));
                batch = null;
            }
            if (batch == null) {
                batch = new Batch(turn);
                lane.waiting = batch;
            }
            batch.answers.add(answer);
            if (lane.underWay == 0) {
                sent.add(send(room, lane, batch));
            }
        }
        sent.forEach(this::listen);
        return answer;
    }

    /** What is sent for the room from now on comes behind all turns that were taken. */
    void sendWaiting(RoomId room) {
        Sent sent = null;
        synchronized (this) {
            Lane lane = lanes.get(room);
            if (lane != null && lane.waiting != null) {
                sent = send(room, lane, lane.waiting);
            }
        }
        if (sent != null) {
            listen(sent);
        }
    }

    /** Called under the lock, so that batches are sent in their order. */
    private Sent send(RoomId room, Lane lane, Batch batch) {
        lane.waiting = null;
        lane.underWay++;
        TurnChain chain = batch.chain;
        return new Sent(
                room,
                batch,
                calls.runAdmitted(
                        Script.TURN,
                        script.request(chain),
                        reply -> script.evidence(chain, reply),
                        reply -> script.read(reply, chain),
                        () -> batch.answers.forEach(answer -> inFlight.leave())));
    }

    private void listen(Sent sent) {
        sent.results().whenComplete((results, failure) -> {
            Sent next = answered(sent.room());
            List<CompletableFuture<TransactionResult>> answers = sent.batch().answers;
            for (int i = 0; i < answers.size(); i++) {
                if (failure == null) {
                    answers.get(i).complete(results.get(i));
                } else {
                    answers.get(i).completeExceptionally(failure);
                }
            }
            if (next != null) {
                listen(next);
            }
        });
    }

    private synchronized @Nullable Sent answered(RoomId room) {
        Lane lane = Objects.requireNonNull(lanes.get(room));
        lane.underWay--;
        if (lane.underWay == 0 && lane.waiting != null) {
            return send(room, lane, lane.waiting);
        }
        if (lane.underWay == 0) {
            lanes.remove(room);
        }
        return null;
    }
}
