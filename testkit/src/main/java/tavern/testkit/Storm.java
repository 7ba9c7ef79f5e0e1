package tavern.testkit;

import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tavern.game.GameType;
import tavern.game.Player;

/** Makes a random schedule, runs it, and if it fails looks for a short one that fails too. */
final class Storm<S extends MessageLite, I extends MessageLite> {
    /** Steps that the search may take in sum. */
    private static final long SEARCH_STEPS_MAX = 1_000_000;

    private final GameType<S, I, ?> type;
    private final RoomSim.Setup setup;
    private final List<Player> players;
    private final Moves<S, I> moves;
    private final List<Invariant<S>> invariants;
    private long searched;

    Storm(
            GameType<S, I, ?> type,
            RoomSim.Setup setup,
            List<Player> players,
            Moves<S, I> moves,
            List<Invariant<S>> invariants) {
        this.type = type;
        this.setup = setup;
        this.players = players;
        this.moves = moves;
        this.invariants = List.copyOf(invariants);
    }

    void run(int steps) {
        SplittableRandom random = new SplittableRandom(setup.seed());
        List<StormStep> schedule = new ArrayList<>(steps);
        for (int i = 0; i < steps; i++) {
            schedule.add(StormStep.next(random));
        }
        StormRun.Failure failure = fails(schedule);
        if (failure != null) {
            List<StormStep> shortest = shorten(schedule.subList(0, failure.step() + 1));
            throw error(failure, steps, shortest);
        }
    }

    private StormRun.@Nullable Failure fails(List<StormStep> schedule) {
        return new StormRun<>(type, setup, players, moves, invariants, false).fails(schedule);
    }

    /** Delta debugging: leaves out as much as it can, in ever smaller pieces. */
    private List<StormStep> shorten(List<StormStep> failing) {
        List<StormStep> shortest = List.copyOf(failing);
        int piece = Math.max(1, shortest.size() / 2);
        while (searched < SEARCH_STEPS_MAX) {
            boolean isShorter = false;
            for (int from = 0; from < shortest.size() && searched < SEARCH_STEPS_MAX; ) {
                List<StormStep> without = new ArrayList<>(shortest.subList(0, from));
                without.addAll(shortest.subList(Math.min(from + piece, shortest.size()), shortest.size()));
                searched += without.size() + 1;
                StormRun.Failure failure = fails(without);
                if (failure == null) {
                    from += piece;
                } else {
                    shortest = List.copyOf(without.subList(0, Math.min(without.size(), failure.step() + 1)));
                    isShorter = true;
                }
            }
            if (piece == 1 && !isShorter) {
                break;
            }
            piece = Math.max(1, piece / 2);
        }
        return shortest;
    }

    private AssertionError error(StormRun.Failure first, int steps, List<StormStep> shortest) {
        StormRun<S, I> last = new StormRun<>(type, setup, players, moves, invariants, true);
        StormRun.Failure again = last.fails(shortest);
        StringBuilder text = new StringBuilder("storm with seed ")
                .append(setup.seed())
                .append(" failed at step ")
                .append(first.step() + 1)
                .append(" of ")
                .append(steps)
                .append(": ")
                .append(first.what());
        text.append("\nshortest schedule found, of ")
                .append(shortest.size())
                .append(" steps, which ")
                .append(
                        again == null
                                ? "does not always fail, as if the game remembers something from another room:"
                                : "fails with: " + again.what());
        last.trace().forEach(line -> text.append("\n  ").append(line));
        return new AssertionError(text.toString(), again == null ? first.cause() : again.cause());
    }

    /** Checks what holds of the state and goods that the store has. */
    static <S extends MessageLite> void check(List<Invariant<S>> invariants, RoomSim<S> sim) {
        KitLedger ledger = sim.store().ledger();
        for (Invariant<S> invariant : invariants) {
            invariant.check(
                    sim.state(), new Invariant.All(account -> new KeptGoods(ledger.of(account)), ledger::total));
        }
    }
}
