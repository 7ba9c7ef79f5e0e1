package tavern.server.room;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.engine.Commit;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.guard.PacedLog;
import tavern.server.store.Causes;
import tavern.server.store.KeptGame;
import tavern.server.store.Refusal;
import tavern.server.store.Stages;
import tavern.server.store.StaleFenceException;
import tavern.server.store.TransactionResult;

/**
 * Sends a game's commits to the store, in order and without waiting for each other; their answers come back in the same
 * order, on the room's thread.
 *
 * <p>After an answer that leaves open what the store has, nothing more is sent until all that is under way is answered and
 * the trouble is looked into ({@link #pause}); then everything that is not decided is sent again. The revisions make that
 * harmless: what was carried out before is a repeat.
 */
@OnRoomThread
final class TurnStoreClient {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(TurnStoreClient.class));
    private static final long RETRY_MILLIS = 1_000;

    private final Room room;
    private final CommitTransactions transactions;
    private final RoomServices services;
    private final Turns turns;
    private final GoodsNews goods;

    /** Commits that are sent and not answered. */
    private final Set<Long> underWay = new LinkedHashSet<>();

    /** Completes, never with a failure, when all that was sent before is answered. */
    private CompletableFuture<?> answered = CompletableFuture.completedFuture(null);

    /** What is to be done once nothing is under way, before everything is sent again; null while commits flow. */
    private @Nullable Cure cure;

    private boolean isCuring;
    private long notBeforeMillis;
    private boolean isOver;

    /** The game's side. */
    interface Turns {
        /** As {@link tavern.engine.GameRoom#pending}. */
        List<Commit> pending();

        void committed(long revision);

        void refused(long revision, ErrorCode code, String text);

        /** A member's value in the store. */
        void valueRead(PlayerId holder, String key, Kept value);

        /** What the store has does not fit what was computed here. */
        void lost(String why);
    }

    /** Looks into some trouble; completes on any thread with what is to be done about it on the room's thread. */
    private interface Cure {
        CompletionStage<Runnable> begin();
    }

    private static final Cure NOTHING = () -> CompletableFuture.completedFuture(() -> {});

    TurnStoreClient(Room room, CommitTransactions transactions, RoomServices services, GoodsNews goods, Turns turns) {
        this.room = room;
        this.transactions = transactions;
        this.services = services;
        this.goods = goods;
        this.turns = turns;
    }

    /** Nothing is sent any more, and no answer counts. */
    void stop() {
        isOver = true;
    }

    void submit(Commit commit) {
        if (isOver || cure != null) {
            return; // sent later, with all that is pending
        }
        if (!room.tenure().mayWrite()) {
            pause(NOTHING, RETRY_MILLIS);
            return;
        }
        underWay.add(commit.revision());
        CompletableFuture<Answer> answer = Stages.begin(() -> services.accounts()
                        .transact(transactions.of(commit))
                        .thenCompose(result -> answer(commit, result)))
                .toCompletableFuture();
        // An answer waits for those before it: a commit means that they are durable too.
        answered = answered.thenCombine(answer.handle(Outcome::new), (before, outcome) -> {
            room.command(() -> take(commit, outcome));
            return null;
        });
    }

    /** @param values those that the commit wrote, with their new versions */
    private record Answer(TransactionResult result, List<StoredValue> values) {}

    private record StoredValue(PlayerId holder, String key, Kept value) {}

    private record Outcome(
            @Nullable Answer answer, @Nullable Throwable failure) {}

    /** On one of the store's threads. Caches change before anybody is notified of the turn. */
    private CompletionStage<Answer> answer(Commit commit, TransactionResult result) {
        if (!result.isCommitted()) {
            return CompletableFuture.completedFuture(new Answer(result, List.of()));
        }
        goods.cache(result.changes());
        if (!commit.events().isEmpty() || !commit.transfers().isEmpty()) {
            services.feed().committed();
        }
        return read(commit).thenApply(values -> new Answer(result, values));
    }

    private CompletionStage<List<StoredValue>> read(Commit commit) {
        CompletionStage<List<StoredValue>> all = CompletableFuture.completedFuture(new ArrayList<>());
        for (Commit.Value value : commit.values()) {
            all = all.thenCombine(KeptValues.read(services.accounts(), value.holder(), value.key()), (values, kept) -> {
                values.add(new StoredValue(value.holder(), value.key(), kept));
                return values;
            });
        }
        return all;
    }

    // ---- answers ----

    private void take(Commit commit, Outcome outcome) {
        underWay.remove(commit.revision());
        if (isOver) {
            return;
        }
        Answer answer = outcome.answer();
        Refusal refusal = answer == null ? null : answer.result().refusal();
        if (answer == null) {
            failed(commit, Causes.of(Objects.requireNonNull(outcome.failure())));
        } else if (refusal == null) {
            committed(commit, answer);
        } else {
            refused(commit, refusal);
        }
        cureIfDue();
    }

    private void committed(Commit commit, Answer answer) {
        for (Commit earlier : turns.pending()) {
            if (earlier.revision() < commit.revision()) {
                goods.reread(earlier); // it is durable, and its answer was lost
            }
        }
        answer.values().forEach(value -> turns.valueRead(value.holder(), value.key(), value.value()));
        if (answer.result().isRepeat()) {
            goods.reread(commit);
        } else {
            goods.tell(answer.result().changes());
        }
        turns.committed(commit.revision());
    }

    private void refused(Commit commit, Refusal refusal) {
        switch (refusal.reason()) {
            case OUT_OF_ORDER -> {
                if (isPending(commit)) {
                    pause(this::compare, 0);
                }
                // Else it was computed on a turn that was refused, and another has taken its place.
            }
            case VALUE_CHANGED, NO_SUCH_PLAYER -> pause(() -> readAgain(commit, refusal), 0);
            case INSUFFICIENT, NO_SUCH_ACCOUNT -> refuse(commit, ErrorCode.TRADE_INSUFFICIENT, refusal.text());
            case TOO_MUCH -> refuse(commit, ErrorCode.TRADE_BAD_AMOUNT, refusal.text());
        }
    }

    private void refuse(Commit commit, ErrorCode code, String text) {
        goods.reread(commit); // what is known here differs from what the store has
        turns.refused(commit.revision(), code, text);
    }

    private void failed(Commit commit, Throwable cause) {
        if (cause instanceof StaleFenceException) {
            // An earlier request for the same turn may have been carried out, and its answer lost.
            turns.pending().forEach(goods::reread);
            isOver = true;
            room.abandon();
        } else if (cause instanceof IllegalArgumentException) {
            log.error("turn {} of room {} cannot be carried out", commit.revision(), room.id(), cause);
            turns.refused(commit.revision(), ErrorCode.INTERNAL, "the turn cannot be carried out");
        } else {
            log.warn("turns of room {} wait for the store: {}", room.id(), String.valueOf(cause.getMessage()));
            pause(NOTHING, RETRY_MILLIS);
        }
    }

    private boolean isPending(Commit commit) {
        return turns.pending().stream().anyMatch(pending -> pending.revision() == commit.revision());
    }

    // ---- what to do when it is not known what the store has ----

    /** The first trouble counts: what came behind it is sent again. */
    private void pause(Cure first, long forMillis) {
        if (cure == null) {
            cure = first;
            notBeforeMillis = room.nowMillis() + forMillis;
        }
    }

    void tick() {
        cureIfDue();
    }

    /** When {@link #tick} next has something to do; {@link Long#MAX_VALUE} for never. */
    long dueMillis() {
        return mayCure() ? notBeforeMillis : Long.MAX_VALUE;
    }

    private boolean mayCure() {
        return cure != null && !isCuring && underWay.isEmpty() && !isOver;
    }

    private void cureIfDue() {
        Cure now = cure;
        if (now == null || !mayCure() || room.nowMillis() < notBeforeMillis) {
            return;
        }
        if (!room.tenure().mayWrite()) {
            notBeforeMillis = room.nowMillis() + RETRY_MILLIS;
            return;
        }
        isCuring = true;
        Stages.begin(now::begin)
                .whenComplete((then, failure) -> room.command(() -> {
                    isCuring = false;
                    if (isOver) {
                        return;
                    }
                    if (failure != null) {
                        log.warn(
                                "turns of room {} wait for the store: {}",
                                room.id(),
                                String.valueOf(Causes.of(failure).getMessage()));
                        notBeforeMillis = room.nowMillis() + RETRY_MILLIS;
                        return;
                    }
                    then.run();
                    if (!isOver) {
                        cure = null;
                        turns.pending().forEach(this::submit);
                    }
                }));
    }

    /** Reads the values anew that somebody else has changed, so that the turns that follow see them. */
    private CompletionStage<Runnable> readAgain(Commit commit, Refusal refusal) {
        return read(commit).thenApply(values -> () -> {
            values.forEach(value -> turns.valueRead(value.holder(), value.key(), value.value()));
            turns.refused(commit.revision(), ErrorCode.UNAVAILABLE, refusal.text());
        });
    }

    private CompletionStage<Runnable> compare() {
        return services.games()
                .game(room.id())
                .thenApply(kept -> () -> compare(kept.map(KeptGame::revision).orElse(0L)));
    }

    private void compare(long stored) {
        List<Commit> pending = turns.pending();
        if (pending.isEmpty() || pending.get(0).follows() == stored) {
            return;
        }
        if (pending.stream().noneMatch(commit -> commit.revision() == stored)) {
            isOver = true;
            turns.lost("the store has revision " + stored + ", and not "
                    + pending.get(0).follows());
            return;
        }
        for (Commit commit : pending) {
            if (commit.revision() <= stored) {
                goods.reread(commit);
            }
        }
        turns.committed(stored);
    }
}
