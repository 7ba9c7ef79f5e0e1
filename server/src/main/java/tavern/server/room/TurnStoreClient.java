package tavern.server.room;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.engine.Commit;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.GoodsChange;
import tavern.server.game.Inventory;
import tavern.server.guard.PacedLog;
import tavern.server.store.Causes;
import tavern.server.store.KeptGame;
import tavern.server.store.Refusal;
import tavern.server.store.Stages;
import tavern.server.store.StaleFenceException;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionResult;

/**
 * Sends a game's commits to the store, in order and without waiting for each other; their answers come back in the same
 * order, on the room's thread.
 *
 * <p>After an answer that does not say all, nothing more is sent until all that is under way is answered. Then the store is
 * looked at ({@link #look}): which commits it has, and what members have after these. Those commits are decided, and all others
 * are sent again. The revisions make that harmless: what was carried out before is a repeat.
 *
 * <p>That the store has a commit is not enough to tell of it: a store with replicas may still lose it. Only an answer to the
 * commit, be it as a repeat, says that it is safe, and all before it.
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

    /** Why the store is to be looked at before anything more is sent; null while commits flow. */
    private @Nullable Trouble trouble;

    /** The newest commit that the store has answered to have. */
    private long safeRevision;

    private boolean isLooking;
    private long notBeforeMillis;
    private boolean isOver;

    /** The game's side. */
    interface Turns {
        /** As {@link tavern.engine.GameRoom#pending}. */
        List<Commit> pending();

        /** As {@link tavern.engine.GameRoom#isOldest}. */
        boolean isOldest(long revision);

        /** What the commit that is decided next has done to a player's goods. */
        void goodsChanged(PlayerId player, GoodsChange change);

        /** A player's goods after the commits that are decided next, and before all others. */
        void goodsRead(PlayerId player, Inventory inventory);

        /** A player's value in the store. */
        void valueRead(PlayerId holder, String key, Kept value);

        void committed(long revision);

        void refused(long revision, ErrorCode code, String text);

        /** What the store has does not fit what was computed here. */
        void lost(String why);
    }

    /**
     * Why it is not known what the store has.
     *
     * @param refused a commit that cannot be carried out, to be answered with the rest once those before it are decided; null
     *     for none
     */
    private record Trouble(@Nullable Commit refused, ErrorCode code, String text) {
        static final Trouble UNCLEAR = new Trouble(null, ErrorCode.UNAVAILABLE, "");
    }

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
        if (isOver || trouble != null) {
            return; // sent later, with all that is pending
        }
        if (!room.tenure().mayWrite()) {
            pause(Trouble.UNCLEAR, RETRY_MILLIS);
            return;
        }
        underWay.add(commit.revision());
        CompletableFuture<Answer> answer = Stages.begin(
                        () -> transact(commit).thenCompose(result -> answer(commit, result)))
                .toCompletableFuture();
        // An answer waits for those before it: a commit means that they are durable too.
        answered = answered.thenCombine(answer.handle(Outcome::new), (before, outcome) -> {
            room.command(() -> take(commit, outcome));
            return null;
        });
    }

    private CompletionStage<TransactionResult> transact(Commit commit) {
        Transaction transaction = transactions.of(commit);
        CompletionStage<TransactionResult> committed = services.traces()
                .commit(
                        () -> transaction.messageId(0),
                        () -> services.accounts().transact(transaction));
        return committed.thenApply(result -> {
            if (result.isCommitted()
                    && (!commit.events().isEmpty() || !commit.transfers().isEmpty())) {
                services.feed().committed();
            }
            return result;
        });
    }

    /** @param values those that the commit wrote, with their new versions */
    private record Answer(TransactionResult result, Map<ValueKey, Kept> values) {}

    private record ValueKey(PlayerId holder, String key) {}

    private record Outcome(
            @Nullable Answer answer, @Nullable Throwable failure) {}

    /** On one of the store's threads. Caches change before anybody is notified of the turn. */
    private CompletionStage<Answer> answer(Commit commit, TransactionResult result) {
        if (!result.isCommitted() || result.isRepeat()) {
            return CompletableFuture.completedFuture(new Answer(result, Map.of()));
        }
        goods.cache(result.changes());
        CompletionStage<Map<ValueKey, Kept>> all = CompletableFuture.completedFuture(new LinkedHashMap<>());
        for (Commit.Value value : commit.values()) {
            all = all.thenCombine(KeptValues.read(services.accounts(), value.holder(), value.key()), (values, kept) -> {
                values.put(new ValueKey(value.holder(), value.key()), kept);
                return values;
            });
        }
        return all.thenApply(values -> new Answer(result, values));
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
            pause(trouble(commit, refusal), 0);
        }
        lookIfDue();
    }

    private void committed(Commit commit, Answer answer) {
        safeRevision = Math.max(safeRevision, commit.revision());
        goods.tell(answer.result().changes());
        if (trouble != null || answer.result().isRepeat() || !turns.isOldest(commit.revision())) {
            // What it has done, or what those before it have, whose answers were lost, is to be read first.
            pause(Trouble.UNCLEAR, 0);
            notBeforeMillis = room.nowMillis();
            return;
        }
        answer.result().changes().forEach((account, change) -> {
            if (account instanceof PlayerId player) {
                turns.goodsChanged(player, change);
            }
        });
        answer.values().forEach((value, kept) -> turns.valueRead(value.holder(), value.key(), kept));
        turns.committed(commit.revision());
    }

    private static Trouble trouble(Commit commit, Refusal refusal) {
        return switch (refusal.reason()) {
            case OUT_OF_ORDER -> Trouble.UNCLEAR;
            case VALUE_CHANGED, NO_SUCH_PLAYER -> new Trouble(commit, ErrorCode.UNAVAILABLE, refusal.text());
            case INSUFFICIENT, NO_SUCH_ACCOUNT -> new Trouble(commit, ErrorCode.TRADE_INSUFFICIENT, refusal.text());
            case TOO_MUCH -> new Trouble(commit, ErrorCode.TRADE_BAD_AMOUNT, refusal.text());
        };
    }

    private void failed(Commit commit, Throwable cause) {
        if (cause instanceof StaleFenceException) {
            services.metrics().staleWrites.increment();
            abandon();
        } else if (isOutage(cause)) {
            logWaiting(cause);
            pause(Trouble.UNCLEAR, RETRY_MILLIS);
        } else {
            // The store works, and what it has or was asked for is at fault: again would be no better, and others wait
            // behind it.
            log.error("turn {} of room {} cannot be carried out", commit.revision(), room.id(), cause);
            pause(new Trouble(commit, ErrorCode.INTERNAL, "the turn cannot be carried out"), 0);
        }
    }

    private static boolean isOutage(Throwable cause) {
        return cause instanceof StoreUnavailableException || cause instanceof TimeoutException;
    }

    private void logWaiting(Throwable cause) {
        log.warn("turns of room {} wait for the store: {}", room.id(), String.valueOf(cause.getMessage()));
    }

    private void abandon() {
        // An earlier request for the same turn may have been carried out, and its answer lost.
        turns.pending().forEach(goods::reread);
        isOver = true;
        room.abandon();
    }

    // ---- what to do when it is not known what the store has ----

    /** The first trouble counts: what came behind it is sent again. */
    private void pause(Trouble first, long forMillis) {
        if (trouble == null) {
            trouble = first;
            notBeforeMillis = room.nowMillis() + forMillis;
        }
    }

    void tick() {
        lookIfDue();
    }

    /** When {@link #tick} next has something to do; {@link Long#MAX_VALUE} for never. */
    long dueMillis() {
        return mayLook() ? notBeforeMillis : Long.MAX_VALUE;
    }

    private boolean mayLook() {
        return trouble != null && !isLooking && underWay.isEmpty() && !isOver;
    }

    private void lookIfDue() {
        Trouble now = trouble;
        if (now == null || !mayLook() || room.nowMillis() < notBeforeMillis) {
            return;
        }
        if (!room.tenure().mayWrite()) {
            notBeforeMillis = room.nowMillis() + RETRY_MILLIS;
            return;
        }
        isLooking = true;
        List<Commit> pending = turns.pending();
        long safe = safeRevision;
        Stages.begin(() -> look(pending, now.refused(), safe))
                .whenComplete((seen, failure) -> room.command(() -> {
                    isLooking = false;
                    if (isOver) {
                        return;
                    }
                    Throwable cause = failure == null ? null : Causes.of(failure);
                    if (cause == null) {
                        settle(now, seen);
                    } else if (cause instanceof StaleFenceException) {
                        services.metrics().staleWrites.increment();
                        abandon();
                    } else {
                        logWaiting(cause);
                        notBeforeMillis = room.nowMillis() + RETRY_MILLIS;
                    }
                }));
    }

    /**
     * What the store has, while no commit is under way.
     *
     * @param revision the room's newest
     */
    private record Seen(long revision, Map<PlayerId, Inventory> goods, Map<ValueKey, Kept> values) {}

    private CompletionStage<Seen> look(List<Commit> pending, @Nullable Commit refused, long safe) {
        return services.games().game(room.id()).thenCompose(kept -> {
            long stored = kept.map(KeptGame::revision).orElse(0L);
            List<Commit> concerned = new ArrayList<>();
            CompletionStage<?> isSafe = CompletableFuture.completedFuture(null);
            if (isAmong(pending, stored)) {
                for (Commit commit : pending) {
                    if (commit.revision() <= stored) {
                        concerned.add(commit);
                    }
                }
                if (stored > safe) {
                    isSafe = confirm(concerned.get(concerned.size() - 1));
                }
            }
            if (refused != null && refused.revision() > stored) {
                concerned.add(refused);
            }
            return isSafe.thenCompose(confirmed -> read(stored, concerned));
        });
    }

    private static boolean isAmong(List<Commit> commits, long revision) {
        return commits.stream().anyMatch(commit -> commit.revision() == revision);
    }

    /** Completes when the store, which has this commit, answers that it is safe. */
    private CompletionStage<?> confirm(Commit stored) {
        return transact(stored).thenAccept(result -> {
            if (!result.isCommitted()) {
                throw new IllegalStateException("turn " + stored.revision() + " was there, and is not any more");
            }
        });
    }

    /** Reads one thing after another: there may be more of them than the store takes at once. */
    private CompletionStage<Seen> read(long stored, List<Commit> concerned) {
        Seen seen = new Seen(stored, new LinkedHashMap<>(), new LinkedHashMap<>());
        Set<PlayerId> players = new LinkedHashSet<>();
        Set<ValueKey> values = new LinkedHashSet<>();
        for (Commit commit : concerned) {
            players.addAll(MembersGoods.playersOf(commit));
            commit.values().forEach(value -> values.add(new ValueKey(value.holder(), value.key())));
        }
        CompletionStage<?> all = CompletableFuture.completedFuture(null);
        for (PlayerId player : players) {
            all = all.thenCompose(before -> readable(() -> services.accounts().findPlayer(player)))
                    .thenAccept(found -> found.ifPresent(record -> seen.goods().put(player, record.inventory())));
        }
        for (ValueKey value : values) {
            all = all.thenCompose(
                            before -> readable(() -> KeptValues.read(services.accounts(), value.holder(), value.key())
                                    .thenApply(Optional::of)))
                    .thenAccept(found -> found.ifPresent(kept -> seen.values().put(value, kept)));
        }
        return all.thenApply(done -> seen);
    }

    /** One record that cannot be read must not keep a whole room waiting: nothing is known of it then. */
    private <T> CompletionStage<Optional<T>> readable(Supplier<CompletionStage<Optional<T>>> read) {
        CompletableFuture<Optional<T>> answer = new CompletableFuture<>();
        Stages.begin(read).whenComplete((found, failure) -> {
            Throwable cause = failure == null ? null : Causes.of(failure);
            if (cause == null) {
                answer.complete(found);
            } else if (isOutage(cause)) {
                answer.completeExceptionally(cause);
            } else {
                log.error("what a player has could not be read for room {}", room.id(), cause);
                answer.complete(Optional.empty());
            }
        });
        return answer;
    }

    private void settle(Trouble now, Seen seen) {
        List<Commit> pending = turns.pending();
        boolean isAhead = isAmong(pending, seen.revision());
        if (!isAhead && !pending.isEmpty() && pending.get(0).follows() != seen.revision()) {
            isOver = true;
            turns.lost("the store has revision " + seen.revision() + ", and not "
                    + pending.get(0).follows());
            return;
        }
        seen.goods().forEach(turns::goodsRead);
        seen.values().forEach((value, kept) -> turns.valueRead(value.holder(), value.key(), kept));
        if (isAhead) {
            safeRevision = Math.max(safeRevision, seen.revision());
            for (Commit commit : pending) {
                if (commit.revision() <= seen.revision()) {
                    goods.reread(commit);
                }
            }
            turns.committed(seen.revision());
        }
        Commit refused = now.refused();
        if (refused != null && turns.isOldest(refused.revision())) {
            goods.reread(refused); // what is known here differs from what the store has
            turns.refused(refused.revision(), now.code(), now.text());
        }
        if (!isOver) {
            trouble = null;
            turns.pending().forEach(this::submit);
        }
    }
}
