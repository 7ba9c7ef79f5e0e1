package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;

/**
 * Sends the turns of rooms in their order. While a call of a room is under way, its further turns for {@link
 * Script#TURN} wait, and leave together in one call when it is answered: so a room with many turns needs few calls, and
 * one with few turns waits for nothing.
 *
 * <p>Safe on any thread. Turns that wait are operations in flight, and bounded as such. No turn is answered while the
 * lock is held.
 */
final class TurnBatches {
    /** Redis runs nothing else while it looks through a batch. */
    static final int TURNS_MAX = 128;

    private final OperationsInFlight inFlight;
    private final Function<TurnChain, CompletionStage<List<TransactionResult>>> keep;

    /** Of rooms with a call under way. Guarded by this. */
    private final Map<RoomId, Lane> lanes = new HashMap<>();

    private static final class Lane {
        /**
         * Calls of all kinds. What waits is sent from the connection's thread, where it would overtake a call that
         * another thread has just sent; so it is sent when there is none.
         */
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

    /** @param keep calls the script, and does not count the call as an operation in flight */
    TurnBatches(OperationsInFlight inFlight, Function<TurnChain, CompletionStage<List<TransactionResult>>> keep) {
        this.inFlight = inFlight;
        this.keep = keep;
    }

    /** @param turn for {@link Script#TURN} */
    CompletionStage<TransactionResult> take(Transaction turn) {
        StoreUnavailableException refusal = inFlight.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        RoomId room = Objects.requireNonNull(turn.turn()).room();
        CompletableFuture<TransactionResult> answer = new CompletableFuture<>();
        Sent sent = null;
        synchronized (this) {
            Lane lane = lanes.computeIfAbsent(room, begun -> new Lane());
            Batch batch = lane.waiting;
            if (batch != null && (batch.chain.size() >= TURNS_MAX || !batch.chain.add(turn))) {
                sent = send(room, lane, batch);
                batch = null;
            }
            if (batch == null) {
                batch = new Batch(turn);
                lane.waiting = batch;
            }
            batch.answers.add(answer);
            if (lane.underWay == 0) {
                sent = send(room, lane, batch);
            }
        }
        if (sent != null) {
            listen(sent);
        }
        return answer;
    }

    /** Sends a turn for {@link Script#TRANSACT} at once, behind all turns of the room that were taken before. */
    CompletionStage<TransactionResult> take(RoomId room, Supplier<CompletionStage<TransactionResult>> call) {
        Sent before = null;
        CompletionStage<TransactionResult> result;
        synchronized (this) {
            Lane lane = lanes.computeIfAbsent(room, begun -> new Lane());
            if (lane.waiting != null) {
                before = send(room, lane, lane.waiting);
            }
            lane.underWay++;
            result = Stages.begin(call);
        }
        if (before != null) {
            listen(before);
        }
        return result.whenComplete((done, failure) -> goOn(room, failure));
    }

    /** Called under the lock, so that batches are sent in their order. */
    private Sent send(RoomId room, Lane lane, Batch batch) {
        lane.waiting = null;
        lane.underWay++;
        return new Sent(room, batch, Stages.begin(() -> keep.apply(batch.chain)));
    }

    private void listen(Sent sent) {
        sent.results().whenComplete((results, failure) -> {
            try {
                answer(sent.batch(), results, failure);
            } finally {
                goOn(sent.room(), failure);
            }
        });
    }

    private void answer(Batch batch, @Nullable List<TransactionResult> results, @Nullable Throwable failure) {
        for (int i = 0; i < batch.answers.size(); i++) {
            inFlight.leave();
            if (results != null) {
                batch.answers.get(i).complete(results.get(i));
            } else {
                batch.answers.get(i).completeExceptionally(Objects.requireNonNull(failure));
            }
        }
    }

    /** A call of the room has been answered. */
    private void goOn(RoomId room, @Nullable Throwable failure) {
        Batch given = null;
        Sent next = null;
        synchronized (this) {
            Lane lane = Objects.requireNonNull(lanes.get(room));
            lane.underWay--;
            if (failure instanceof StoreUnavailableException) {
                // It follows what is not known to have happened, and would only wait for a time-out of its own.
                given = lane.waiting;
                lane.waiting = null;
            }
            if (lane.underWay == 0 && lane.waiting != null) {
                next = send(room, lane, lane.waiting);
            } else if (lane.underWay == 0) {
                lanes.remove(room);
            }
        }
        if (given != null) {
            answer(given, null, failure);
        }
        if (next != null) {
            listen(next);
        }
    }
}
