package tavern.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import tavern.engine.Output;
import tavern.engine.RoomScene;
import tavern.game.GameType;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Viewer;

/** One run of a schedule, with a check after each step. */
final class StormRun<S extends MessageLite, I extends MessageLite> {
    /** @param step index of the step after which it was found */
    record Failure(int step, String what, @Nullable Throwable cause) {}

    /** Enough that a clock has moved on before turns are computed again. */
    private static final int TWIN_LAG = 64;

    private static final RoomId NEIGHBOUR = new RoomId("neighbour");
    private static final long LONG_MILLIS = 600_000;

    /** Of what moves, while time passes. */
    private static final long TICKS_MAX = 40;

    /** What somebody has asked for last. */
    private record Asked(long request, ByteString message) {}

    /** What a room that was opened anew looked like to somebody. */
    private record Look(PlayerId who, boolean isSpectator) {}

    private static final class FoundException extends RuntimeException {
        private static final long serialVersionUID = 1;

        FoundException(String what, @Nullable Throwable cause) {
            super(what, cause, false, false);
        }
    }

    private final GameType<S, I, ?> type;
    private final List<Player> players;
    private final Moves<S, I> moves;
    private final List<Invariant<S>> invariants;
    private final @Nullable List<String> trace;
    private final RoomSim<S> sim;
    private final Map<PlayerId, Asked> asked = new HashMap<>();
    private final Map<Look, ByteString> looks = new HashMap<>();
    private final List<RoomSim.Happened> notComparedYet = new ArrayList<>();
    private @Nullable KitHost comparedTwin;
    private long checkedRevision;
    private @Nullable FoundException found;

    StormRun(
            GameType<S, I, ?> type,
            RoomSim.Setup setup,
            List<Player> players,
            Moves<S, I> moves,
            List<Invariant<S>> invariants,
            boolean traces) {
        this.type = type;
        this.players = players;
        this.moves = moves;
        this.invariants = invariants;
        this.trace = traces ? new ArrayList<>() : null;
        this.sim = new RoomSim<>(type, setup, new Watcher());
    }

    /** What the steps did. */
    List<String> trace() {
        return trace == null ? List.of() : trace;
    }

    /** Returns null if all is well. */
    @Nullable
    Failure fails(List<StormStep> schedule) {
        int at = 0;
        try {
            sim.settles();
            check(at);
            for (; at < schedule.size(); at++) {
                step(schedule.get(at));
                check(at);
            }
            at = Math.max(0, schedule.size() - 1);
            sim.settles();
            check(at);
            compare();
            return null;
        } catch (FoundException e) {
            return new Failure(at, String.valueOf(e.getMessage()), e.getCause());
        } catch (RuntimeException | AssertionError e) {
            return new Failure(at, e.toString(), e);
        }
    }

    private void step(StormStep step) {
        SplittableRandom random = new SplittableRandom(step.seed());
        Player who = players.get(random.nextInt(players.size()));
        boolean isHere = sim.isIn(who.id()) && !sim.isCut(who.id());
        switch (step.kind()) {
            case SAY -> {
                if (isHere) {
                    say(random, who);
                }
            }
            case SAY_AGAIN -> {
                Asked last = asked.get(who.id());
                if (isHere && last != null) {
                    log(who.name() + " asks again for " + last.request());
                    sim.says(who.id(), last.request(), last.message());
                }
            }
            case JOIN -> {
                if (!sim.isIn(who.id()) && sim.isOpen()) {
                    Answer refusal = sim.joins(who, moves.ticket(random, who));
                    log(who.name() + " joins" + (refusal == null ? "" : ", and is refused"));
                }
            }
            case LEAVE -> {
                if (sim.isIn(who.id())) {
                    log(who.name() + " leaves");
                    sim.leaves(who.id());
                }
            }
            case CUT -> {
                if (isHere) {
                    log(who.name() + "'s connection is lost");
                    sim.cuts(who.id(), true);
                }
            }
            case RETURN -> {
                if (sim.isCut(who.id())) {
                    log(who.name() + " returns");
                    sim.cuts(who.id(), false);
                }
            }
            case PASS -> {
                long millis = 1 + (long) (LONG_MILLIS * Math.pow(random.nextDouble(), 8));
                log(millis + " ms pass");
                // The store keeps up: a timer may be set again by each of its turns.
                sim.passes(millis, TICKS_MAX, sim::settles);
            }
            case CARRY_OUT -> {
                for (int i = 1 + random.nextInt(4); i > 0 && sim.store().carryOutNext(); i--) {
                    log("a commit is carried out");
                }
            }
            case ANSWER -> {
                for (int i = 1 + random.nextInt(4); i > 0 && sim.answersNext(); i--) {
                    log("the store answers");
                }
            }
            case SETTLE -> {
                log("the store carries out everything and answers");
                sim.settles();
            }
            case SUBMIT_AGAIN -> {
                log("what is under way is submitted again");
                sim.submitsAgain();
            }
            case LOSE_ANSWERS -> {
                log("the connection to the store is lost");
                sim.store().loseAll();
            }
            case REFUSE -> {
                if (sim.isOpen()) {
                    log("the store will refuse a commit");
                    sim.store().refuseNext();
                }
            }
            case MOVE_GOODS -> moveGoods(random, who);
            case SIGNAL -> {
                ByteString signal = moves.signal(random);
                if (signal != null) {
                    log("another room signals");
                    sim.signals(NEIGHBOUR, signal);
                }
            }
            case REPLY -> reply(random);
            case CRASH -> crash(random);
            case WALK -> {
                if (isHere && sim.isPlayer(who.id()) && sim.isMoving()) {
                    walk(random, who);
                }
            }
        }
    }

    /** A few steps from where somebody is, or anywhere. */
    private void walk(SplittableRandom random, Player who) {
        RoomScene scene = sim.scene();
        int entity = scene.of(who.id());
        boolean isStep = entity != 0 && random.nextInt(8) != 0;
        int x = isStep ? scene.x(entity) + random.nextInt(-32, 33) : random.nextInt(scene.width() + 1);
        int y = isStep ? scene.y(entity) + random.nextInt(-32, 33) : random.nextInt(scene.height() + 1);
        boolean isThere = sim.walks(who.id(), x, y);
        log(who.name() + (isThere ? " walks to " : " may not walk to ") + x + ", " + y);
    }

    @SuppressWarnings("LiteProtoToString") // Of most games they are not lite, and have their fields as text.
    private void say(SplittableRandom random, Player who) {
        I message = moves.next(random, who, sim.state());
        Asked before = asked.get(who.id());
        long request = random.nextBoolean() ? 0 : 1 + (before == null ? 0 : before.request());
        log(who.name() + " says " + message.toString().strip().replaceAll("\\s+", " "));
        if (request != 0) {
            asked.put(who.id(), new Asked(request, message.toByteString()));
        }
        sim.says(who.id(), request, message.toByteString());
    }

    /** By operators, or in other rooms. */
    private void moveGoods(SplittableRandom random, Player who) {
        Goods given = moves.grant(random, who);
        if (given.isEmpty() || random.nextBoolean()) {
            takeGoods(random, who);
            return;
        }
        given.stacks().forEach((kind, count) -> {
            log("an operator gives " + who.name() + " " + count + " " + kind);
            sim.movesUnheard(Mint.OPS, who.id(), kind, count);
        });
    }

    private void takeGoods(SplittableRandom random, Player who) {
        KitLedger ledger = sim.store().ledger();
        List<String> kinds = ledger.kinds(who.id());
        if (!kinds.isEmpty()) {
            String kind = kinds.get(random.nextInt(kinds.size()));
            long count = 1 + random.nextLong(ledger.of(who.id()).count(kind));
            log("somebody else takes " + count + " " + kind + " from " + who.name());
            sim.movesUnheard(who.id(), Mint.OPS, kind, count);
        }
    }

    private void reply(SplittableRandom random) {
        List<Output.Call> calls = sim.calls();
        if (calls.isEmpty()) {
            return;
        }
        Output.Call call = calls.get(random.nextInt(calls.size()));
        Reply reply = random.nextInt(4) == 0
                ? new Reply.Failed(Reply.Cause.TIMED_OUT, "")
                : moves.reply(random, call.service(), call.call(), call.request());
        log("service " + call.service() + (reply instanceof Reply.Ok ? " answers " : " fails at ") + call.call());
        sim.replies(call.number(), reply);
    }

    private void crash(SplittableRandom random) {
        for (int i = random.nextInt(4); i > 0 && sim.store().carryOutNext(); i--) {
            log("a commit is carried out");
        }
        compare();
        log("crash");
        sim.crashes();
        comparedTwin = null;
    }

    private void log(String line) {
        if (trace != null) {
            trace.add(line);
        }
    }

    private void check(int step) {
        if (found != null) {
            throw found;
        }
        List<String> problems = sim.store().ledger().problems();
        if (!problems.isEmpty()) {
            throw new FoundException("goods are not conserved: " + problems, null);
        }
        notComparedYet.addAll(sim.takeHappened());
        if (notComparedYet.size() >= TWIN_LAG) {
            compare();
        }
        if (sim.isOpen()) {
            if (sim.revision() > sim.store().revision()) {
                throw new FoundException("told what is not durable", null);
            }
            checkLook(players.get(step % players.size()));
            if (!invariants.isEmpty() && sim.store().revision() != checkedRevision) {
                Storm.check(invariants, sim);
            }
            checkedRevision = sim.store().revision();
        }
    }

    /** What somebody sees depends on the state only, and the state is the one that the store has. */
    private void checkLook(Player who) {
        if (sim.store().revision() != checkedRevision) {
            looks.clear();
        }
        if (sim.revision() != sim.store().revision()) {
            return;
        }
        boolean isSpectator = sim.isIn(who.id()) && !sim.isPlayer(who.id());
        ByteString seen = sim.view(who);
        ByteString kept =
                type.game().view(sim.state(), new Viewer(who, isSpectator)).toByteString();
        ByteString before = looks.put(new Look(who.id(), isSpectator), seen);
        if (!seen.equals(kept)) {
            throw new FoundException("what " + who.name() + " sees would not be the same after a crash", null);
        }
        if (before != null && !before.equals(seen)) {
            throw new FoundException(
                    "what " + who.name()
                            + " sees has changed, though the state is the same: the game remembers something",
                    null);
        }
    }

    /** Lets the same happen to another room, which must do the same. */
    private void compare() {
        notComparedYet.addAll(sim.takeHappened());
        if (comparedTwin == null) {
            comparedTwin = sim.twin();
        }
        for (RoomSim.Happened one : notComparedYet) {
            List<Output> again = one.what().happen(comparedTwin);
            String difference = difference(one.outputs(), again);
            if (difference != null) {
                throw new FoundException("a turn that is computed again gives something else: " + difference, null);
            }
        }
        notComparedYet.clear();
        if (comparedTwin.scene().scene().fingerprint() != sim.scene().fingerprint()) {
            throw new FoundException("ticks that are computed again make another scene", null);
        }
    }

    private static @Nullable String difference(List<Output> first, List<Output> second) {
        for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
            if (!isSame(first.get(i), second.get(i))) {
                return "first " + shown(first.get(i)) + ", then " + shown(second.get(i));
            }
        }
        return first.size() == second.size() ? null : "first " + first.size() + " outputs, then " + second.size();
    }

    /** Exceptions are equal only to themselves. */
    private static boolean isSame(Output one, Output other) {
        if (one instanceof Output.Failed first && other instanceof Output.Failed second) {
            return first.what().equals(second.what())
                    && first.failure().toString().equals(second.failure().toString());
        }
        if (one instanceof Output.Broken first && other instanceof Output.Broken second) {
            return first.seq() == second.seq()
                    && first.failure().toString().equals(second.failure().toString());
        }
        return one.equals(other);
    }

    private static String shown(Output output) {
        if (output instanceof Output.Submit submit) {
            return "a commit that keeps " + submit.commit();
        }
        return output.toString();
    }

    private final class Watcher implements RoomSim.Listener {
        @Override
        public void told(PlayerId who, ByteString what) {}

        @Override
        public void answered(PlayerId who, int seq, @Nullable Answer answer) {}

        @Override
        public void hinted(PlayerId who, ByteString what) {}

        @Override
        public void sent(Player who, RoomId to) {}

        @Override
        public void signalled(RoomId to, ByteString what) {}

        @Override
        public @Nullable Player named(String name) {
            return players.stream()
                    .filter(player -> player.name().equals(name))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public @Nullable Reply called(Output.Call call) {
            return null;
        }

        @Override
        public void failed(String what, Throwable failure) {
            if (found == null && !(failure instanceof RefusedException)) {
                found = new FoundException("the game failed: " + what + ": " + failure, failure);
            }
        }
    }
}
