package tavern.engine;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.game.Reads;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;

/**
 * A room's turns, from what happened until they are told.
 *
 * <pre>
 *   waiting ──computed on the newest state──► pending ──committed──► told
 *      ▲                                         │
 *      └───── those behind one that is refused ──┘
 * </pre>
 */
final class TurnPipeline {
    private final RoomContext context;
    private final WaitingTurns waiting = new WaitingTurns();
    private final Deque<PendingTurn> pending = new ArrayDeque<>();
    private final PendingGoods pendingGoods = new PendingGoods();
    private final FlightRecorder recorder;
    private final TurnListener listener;
    private GameCalls<?, ?, ?> game;
    private RoomState durable;
    private long durableRevision;

    /** The largest that was ever used. */
    private long lastRevision;

    private long pendingBytes;

    /** The next turn needs to know what comes of all that are pending. */
    private boolean isDraining;

    /** The next turn, which waits for what is read for it; null for none. */
    private @Nullable TurnInput reading;

    private long reads;

    /** @param revision 0 for a room that is yet to be opened */
    TurnPipeline(
            RoomContext context,
            GameCalls<?, ?, ?> game,
            RoomState durable,
            long revision,
            FlightRecorder recorder,
            TurnListener listener) {
        this.context = context;
        this.recorder = recorder;
        this.listener = listener;
        this.game = game;
        this.durable = durable;
        this.durableRevision = revision;
        this.lastRevision = revision;
    }

    /** Reads all there is with another version of the game. @return goes on with it */
    Runnable readBy(GameCalls<?, ?, ?> other) throws InvalidProtocolBufferException {
        // Before the opening is durable, there is no state of the game's.
        RoomState state = durableRevision == 0 ? durable : durable.readBy(other);
        Runnable inputs = waiting.readBy(other);
        TurnInput next = reading == null ? null : reading.readBy(other);
        List<PendingTurn> turns = new ArrayList<>();
        for (PendingTurn turn : pending) {
            turns.add(turn.readBy(other));
        }
        return () -> {
            game = other;
            durable = state;
            inputs.run();
            if (next != null) {
                // The other version may ask for something else. What is under way for this one is not used.
                reading = null;
                waiting.addFirst(next);
            }
            pending.clear();
            pending.addAll(turns);
        };
    }

    RoomState durable() {
        return durable;
    }

    /** 0 until the room's opening is durable. */
    long durableRevision() {
        return durableRevision;
    }

    /** The state on which the next turn is computed. */
    RoomState newest() {
        return pending.isEmpty() ? durable : pending.getLast().next();
    }

    boolean isEmpty() {
        return waiting.isEmpty() && pending.isEmpty() && reading == null;
    }

    /** What the messages that wait and the turns under way need in memory, roughly. */
    long bytes() {
        return waiting.messageBytes() + pendingBytes;
    }

    WaitingTurns waiting() {
        return waiting;
    }

    /** Whether such a turn waits, or is computed and not decided. */
    boolean isUnderWay(Predicate<TurnInput> input) {
        return waiting.any(input)
                || (reading != null && input.test(reading))
                || pending.stream().map(PendingTurn::input).anyMatch(input);
    }

    List<Commit> commits() {
        return pending.stream()
                .map(PendingTurn::commit)
                .filter(Objects::nonNull)
                .toList();
    }

    boolean isOldest(long revision) {
        for (PendingTurn turn : pending) {
            if (turn.commit() != null) {
                return turn.is(revision);
            }
        }
        return false;
    }

    void add(TurnInput input) {
        waiting.add(input);
    }

    /** Computes what can be. */
    void run(long nowMillis, List<Output> out) {
        while (!waiting.isEmpty() && reading == null && mayCompute()) {
            isDraining = false;
            TurnInput input = waiting.next();
            if (input.isHeldBack()) {
                continue;
            }
            if (isNowhere(input) || input.isVoid(newest())) {
                input.ended();
            } else {
                compute(input, nowMillis, out);
            }
        }
    }

    /** There is no room, since it could not be opened. */
    private boolean isNowhere(TurnInput input) {
        return durableRevision == 0 && pending.isEmpty() && !(input instanceof OpeningInput);
    }

    private boolean mayCompute() {
        EngineLimits limits = context.limits();
        return pending.isEmpty()
                || (!isDraining
                        && pending.size() < limits.turnsInFlightMax()
                        && pendingBytes < limits.bytesInFlightMax());
    }

    private void compute(TurnInput input, long nowMillis, List<Output> out) {
        RoomState base = newest();
        ReadLog log = recorder.watch(pendingGoods);
        TurnContext turn =
                new TurnContext(context, base, log == null ? pendingGoods : log, input.readGoods(), input.nowMillis());
        TurnContext.Result result;
        boolean isPutOff = false;
        listener.begins();
        try {
            Reads wanted = input.reads(game, base);
            if (!wanted.isEmpty()) {
                isPutOff = true;
                read(input, wanted, out);
                return;
            }
            result = turn.end(input.play(game, base, turn));
            pendingGoods.add(result.effects());
        } catch (Throwable failure) {
            rethrowIfFatal(failure);
            if (turn.mustWait()) {
                isPutOff = true;
                isDraining = true;
                waiting.addFirst(input);
                return;
            }
            TurnInput.Failing failing = input.failed(failure, nowMillis);
            out.addAll(failing.logged());
            TurnTrace trace = new TurnTrace(game, log, TurnOutcome.of(failure));
            append(new PendingTurn(input, base, null, TurnEffects.NONE, failing.answers(), trace), out);
            replace(failing);
            return;
        } finally {
            turn.close();
            if (isPutOff) {
                listener.putOff(() -> name(input));
            } else {
                listener.ends(() -> name(input));
            }
        }
        append(input, result, log, out);
    }

    /** As people call it: "message of player 7". */
    private static String name(TurnInput input) {
        String kind = input.getClass().getSimpleName().replace("Input", "").toLowerCase(Locale.ROOT);
        return input.who() == null ? kind : kind + " of player " + input.who();
    }

    /** Not while commits are under way: what is read might have them, or not. */
    private void read(TurnInput input, Reads wanted, List<Output> out) {
        if (!pending.isEmpty()) {
            isDraining = true;
            waiting.addFirst(input);
            return;
        }
        reads++;
        reading = input;
        out.add(new Output.Read(reads, wanted));
    }

    void read(long number, ReadGoods goods, long nowMillis, List<Output> out) {
        TurnInput input = reading;
        if (input != null && number == reads) {
            reading = null;
            waiting.addFirst(input.with(goods));
        }
        // Also when nobody waits for it any more: what is to be read instead can be asked for now.
        run(nowMillis, out);
    }

    void unread(long number, ErrorCode code, String text, long nowMillis, List<Output> out) {
        TurnInput input = reading;
        if (input != null && number == reads) {
            reading = null;
            TurnInput.Failing failing = input.failed(new RefusedException(code, text), nowMillis);
            out.addAll(failing.logged());
            out.addAll(failing.answers());
            input.ended();
            replace(failing);
        }
        run(nowMillis, out);
    }

    /** What a game throws ends its turn, also when it breaks the rules for what may be thrown. */
    static void rethrowIfFatal(Throwable failure) {
        if (failure instanceof VirtualMachineError fatal && !(failure instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    private void replace(TurnInput.Failing failing) {
        if (failing.instead() != null) {
            waiting.addFirst(failing.instead());
        }
    }

    /** Its effects are among the pending goods already. */
    private void append(TurnInput input, TurnContext.Result result, @Nullable ReadLog reads, List<Output> out) {
        TurnEffects effects = result.effects();
        List<Output> outputs = new ArrayList<>(effects.told());
        outputs.addAll(input.answers());
        outputs.addAll(effects.sent());
        Commit commit = null;
        if (result.needsCommit()) {
            RoomState next = result.next();
            long follows = newestRevision();
            lastRevision++;
            commit = new Commit(
                    follows,
                    lastRevision,
                    next.bytes(),
                    next.dueMillis(),
                    effects.transfers(),
                    effects.values(),
                    effects.events(),
                    effects.scores(),
                    effects.seen());
            out.add(new Output.Submit(commit));
        }
        TurnTrace trace = new TurnTrace(game, reads, TurnOutcome.of(commit));
        append(new PendingTurn(input, result.next(), commit, effects, outputs, trace), out);
    }

    private void append(PendingTurn turn, List<Output> out) {
        pending.addLast(turn);
        pendingBytes += turn.bytes();
        releaseWhatWaitsForNothing(out);
    }

    private long newestRevision() {
        for (var turns = pending.descendingIterator(); turns.hasNext(); ) {
            Commit commit = turns.next().commit();
            if (commit != null) {
                return commit.revision();
            }
        }
        return durableRevision;
    }

    private void release(List<Output> out) {
        PendingTurn turn = pending.removeFirst();
        pendingBytes -= turn.bytes();
        pendingGoods.remove(turn.effects());
        decided(turn, turn.trace().outcome());
        durable = turn.next();
        if (turn.commit() != null) {
            durableRevision = turn.commit().revision();
        }
        out.addAll(turn.outputs());
        turn.input().ended();
    }

    private void decided(PendingTurn turn, TurnOutcome outcome) {
        recorder.decided(turn, outcome, durable, durableRevision);
        listener.decided(outcome);
    }

    private void releaseWhatWaitsForNothing(List<Output> out) {
        while (!pending.isEmpty() && pending.getFirst().commit() == null) {
            release(out);
        }
    }

    void committed(long revision, long nowMillis, List<Output> out) {
        if (!isPending(revision)) {
            return;
        }
        while (durableRevision < revision) {
            release(out);
        }
        releaseWhatWaitsForNothing(out);
        run(nowMillis, out);
    }

    void refused(long revision, ErrorCode code, String text, long nowMillis, List<Output> out) {
        if (!isPending(revision)) {
            return;
        }
        PendingTurn turn = removeLast();
        int behind = 0;
        while (!turn.is(revision)) {
            waiting.addFirst(turn.input());
            turn = removeLast();
            behind++;
        }
        listener.recomputes(behind);
        decided(turn, new TurnOutcome.Refused(code, text, true));
        pendingGoods.clear();
        pending.forEach(earlier -> pendingGoods.add(earlier.effects()));
        TurnInput.Failing failing = turn.input().refusedByStore(new RefusedException(code, text), nowMillis);
        out.addAll(failing.logged());
        out.addAll(failing.answers());
        turn.input().ended();
        replace(failing);
        run(nowMillis, out);
    }

    private PendingTurn removeLast() {
        PendingTurn turn = pending.removeLast();
        pendingBytes -= turn.bytes();
        return turn;
    }

    private boolean isPending(long revision) {
        return pending.stream().anyMatch(turn -> turn.is(revision));
    }
}
