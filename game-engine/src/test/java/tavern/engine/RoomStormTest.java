package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tavern.engine.kept.KeptRoom;
import tavern.engine.recorded.RecordingHeader;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/**
 * Random schedules against a model of the store. Each message adds a word of its own to the state and tells it, so that
 * what was told, answered and kept can be compared.
 */
final class RoomStormTest {
    private static final int SEEDS = 60;
    private static final int STEPS = 600;
    private static final List<Player> PLAYERS =
            List.of(RoomBench.ANN, RoomBench.BEN, new Player(new PlayerId(3), "cat"));
    private static final EngineLimits LIMITS = new EngineLimits(64 * 1024, 5, 6 * 1024, 6, 256, 64 * 1024);

    @Test
    void toldIsKeptAndNothingHappensTwice() {
        int crashes = 0;
        int refusals = 0;
        int done = 0;
        long replayed = 0;
        for (int seed = 1; seed <= SEEDS; seed++) {
            World world = new World(seed, false);
            try {
                world.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            crashes += world.crashes;
            refusals += world.storeRefusals;
            done += world.done.size();
            replayed += world.replayed;
        }
        // That the schedules are what they are meant to be.
        assertThat(crashes).isGreaterThan(SEEDS);
        assertThat(refusals).isGreaterThan(3 * SEEDS);
        assertThat(done).isGreaterThan(20 * SEEDS);
        assertThat(replayed).isGreaterThan(20 * SEEDS);
    }

    /** Else the storm would show nothing. */
    @Test
    void wordsThatAreToldBeforeTheyAreKeptAreFound() {
        for (int seed = 1; seed <= 5; seed++) {
            World hasty = new World(seed, true);
            assertThatThrownBy(hasty::run).as("seed %d", seed).isInstanceOf(AssertionError.class);
        }
    }

    /** @param word what the message adds to the state */
    private record Said(PlayerId who, long request, String word, String script) {}

    /** @param isKept otherwise refused */
    private record Decision(Commit commit, boolean isKept) {}

    private static final class World {
        final SplittableRandom random;
        boolean isHasty;
        final Map<AccountId, Long> gold = new HashMap<>();
        final Deque<Commit> arriving = new ArrayDeque<>();
        final Deque<Decision> decisions = new ArrayDeque<>();
        final Map<Integer, Said> asked = new HashMap<>();
        final Map<PlayerId, Said> newest = new HashMap<>();
        final Set<String> done = new HashSet<>();
        final Set<String> refused = new HashSet<>();
        final Set<String> repeated = new HashSet<>();
        final Set<PlayerId> here = new HashSet<>();
        Map<PlayerId, RoomBench.Purse> purses = new HashMap<>();
        GameRoom room;
        long revision;
        ByteString kept = ByteString.EMPTY;
        long made;
        long now = RoomBench.START;
        long lastSubmitted;
        int seq;
        int words;
        int crashes;
        int storeRefusals;
        long replayed;

        /** @param isHasty takes what was submitted for kept: a fault that is planted */
        World(long seed, boolean isHasty) {
            random = new SplittableRandom(seed);
            room = newRoom();
            put(room.begin(KeptOptions.NONE, seed, now));
            settle();
            this.isHasty = isHasty;
        }

        static GameRoom newRoom() {
            return new GameRoom(
                    ScriptGame.TYPE,
                    new RoomId("r"),
                    LIMITS,
                    Map.of("due", "addNow;timer t 50", "left", "add left", "dropped", "timer t 30"),
                    new FlightRecorder(RecorderMemory.UNBOUNDED, 100_000),
                    TurnListener.NONE);
        }

        void run() {
            settle();
            for (int i = 0; i < STEPS; i++) {
                step();
                assertThat(room.isOpen()).isTrue();
                assertThat(room.revision().orElse(0)).isLessThanOrEqualTo(revision);
                assertThat(room.pending()).hasSizeLessThanOrEqualTo(LIMITS.turnsInFlightMax());
            }
            settle();
            replay();
            assertThat(room.isSettling()).isFalse();
            assertThat(RoomBench.text(room.view(new Viewer(RoomBench.ANN, false))))
                    .isEqualTo(state());
            purses.forEach((who, purse) -> assertThat(purse.count("gold")).isEqualTo(gold.getOrDefault(who, 0L)));
            Map<String, Integer> counts = new HashMap<>();
            for (String word : state().split(",", -1)) {
                counts.merge(word, 1, Integer::sum);
            }
            done.forEach(word -> assertThat(counts).containsEntry(word, 1));
            refused.removeAll(repeated);
            assertThat(counts).doesNotContainKeys(refused.toArray(new String[0]));
            asked.values()
                    .forEach(said -> assertThat(counts.getOrDefault(said.word(), 0))
                            .as(said.word())
                            .isLessThanOrEqualTo(1));
        }

        void step() {
            Player who = PLAYERS.get(random.nextInt(PLAYERS.size()));
            now += random.nextInt(5);
            switch (random.nextInt(20)) {
                case 0, 1 -> {
                    if (here.add(who.id())) {
                        put(room.joined(who, purse(who.id()), now));
                    }
                }
                case 2 -> {
                    if (random.nextInt(4) == 0 && here.remove(who.id())) {
                        put(room.left(who.id(), now));
                    }
                }
                case 3 -> put(random.nextBoolean() ? room.dropped(who.id(), now) : room.returned(who.id(), now));
                case 4 -> {
                    if (room.dueMillis() <= now) {
                        put(room.tick(now));
                    }
                }
                case 5, 6, 7, 8 -> carryOutNext();
                case 9, 10, 11, 12 -> answerNext();
                case 13 -> {
                    if (random.nextInt(4) == 0) {
                        loseAll();
                        room.pending().forEach(arriving::add);
                    }
                }
                case 14 -> {
                    if (random.nextInt(8) == 0) {
                        crash();
                    }
                }
                case 15 -> {
                    // Somebody else takes gold, and the host hears of it at once, though commits are under way.
                    long taken = gold.getOrDefault(who.id(), 0L) / 2;
                    gold.merge(who.id(), -taken, Long::sum);
                    made -= taken;
                    purse(who.id()).counts.merge("gold", -taken, Long::sum);
                }
                case 16 -> {
                    Said before = newest.get(who.id());
                    if (before != null) {
                        say(before);
                        repeated.add(before.word());
                    }
                }
                default -> say(who);
            }
        }

        void say(Player who) {
            words++;
            String word = "w" + words;
            String script = "add " + word + ";tellAll " + word + ";" + deed(who);
            Said before = newest.get(who.id());
            long request = random.nextBoolean() ? 0 : 1 + (before == null ? 0 : before.request());
            Said said = new Said(who.id(), request, word, script);
            if (request != 0) {
                newest.put(who.id(), said);
            }
            say(said);
        }

        void say(Said said) {
            seq++;
            asked.put(seq, said);
            put(room.said(
                    said.who(),
                    seq,
                    said.request(),
                    StringValue.of(said.script()).toByteString(),
                    now));
        }

        String deed(Player who) {
            int count = 1 + random.nextInt(8);
            PlayerId other = PLAYERS.get(random.nextInt(PLAYERS.size())).id();
            return switch (random.nextInt(9)) {
                case 0, 1 -> "give me gold " + count;
                case 2 -> "take me gold " + count;
                case 3 -> other.equals(who.id()) ? "addChance" : "move me " + other + " gold " + count;
                case 4 -> "move me @bank gold " + count;
                case 5 -> "move @bank me gold " + count;
                case 6 -> "refuse";
                case 7 -> "throw";
                default -> "timer t 20";
            };
        }

        void put(List<Output> outputs) {
            for (Output output : outputs) {
                if (output instanceof Output.Submit submit) {
                    Commit commit = submit.commit();
                    assertThat(commit.revision()).isGreaterThan(lastSubmitted).isGreaterThan(commit.follows());
                    lastSubmitted = commit.revision();
                    arriving.add(commit);
                    if (isHasty) {
                        put(room.committed(commit.revision(), now));
                    }
                } else if (output instanceof Output.TellAll tell) {
                    assertThat(state().split(",", -1)).contains(RoomBench.text(tell.what()));
                } else if (output instanceof Output.Done answer) {
                    String word = said(answer.seq()).word();
                    assertThat(state().split(",", -1)).contains(word);
                    done.add(word);
                } else if (output instanceof Output.Refused answer) {
                    refused.add(said(answer.seq()).word());
                } else if (output instanceof Output.Broken answer) {
                    assertThat(answer.failure()).hasMessage("thrown");
                    refused.add(said(answer.seq()).word());
                } else {
                    throw new AssertionError("unexpected: " + output);
                }
            }
        }

        Said said(int number) {
            return Objects.requireNonNull(asked.get(number));
        }

        void carryOutNext() {
            Commit commit = arriving.poll();
            if (commit == null) {
                return;
            }
            if (commit.revision() == revision) {
                decisions.add(new Decision(commit, true));
            } else if (commit.follows() == revision) {
                boolean isPossible = commit.transfers().stream()
                        .allMatch(transfer -> transfer.from() instanceof Mint
                                || gold.getOrDefault(transfer.from(), 0L)
                                        >= transfer.goods().stacks().getOrDefault("gold", 0L));
                if (isPossible) {
                    move(commit);
                    revision = commit.revision();
                    kept = commit.room();
                } else {
                    storeRefusals++;
                }
                decisions.add(new Decision(commit, isPossible));
            }
        }

        void move(Commit commit) {
            for (Commit.Transfer transfer : commit.transfers()) {
                long count = transfer.goods().stacks().getOrDefault("gold", 0L);
                move(transfer.from(), -count);
                move(transfer.to(), count);
            }
            assertThat(gold.values()).allMatch(count -> count >= 0);
            assertThat(gold.values().stream().mapToLong(count -> count).sum()).isEqualTo(made);
        }

        void move(AccountId account, long count) {
            if (account instanceof Mint) {
                made -= count;
            } else {
                gold.merge(account, count, Long::sum);
            }
        }

        boolean answerNext() {
            Decision decision = decisions.poll();
            if (decision == null) {
                return false;
            }
            long decided = decision.commit().revision();
            if (decision.isKept()) {
                room.pending().stream()
                        .filter(pending -> pending.revision() <= decided && isPending(decided))
                        .forEach(this::hear);
                put(room.committed(decided, now));
            } else {
                put(room.refused(decided, ErrorCode.TRADE_INSUFFICIENT, "missing", now));
            }
            return true;
        }

        boolean isPending(long decided) {
            return room.pending().stream().anyMatch(pending -> pending.revision() == decided);
        }

        void hear(Commit commit) {
            for (Commit.Transfer transfer : commit.transfers()) {
                long count = transfer.goods().stacks().getOrDefault("gold", 0L);
                hear(transfer.from(), -count);
                hear(transfer.to(), count);
            }
        }

        void hear(AccountId account, long count) {
            if (account instanceof PlayerId who) {
                purse(who).counts.merge("gold", count, Long::sum);
            }
        }

        RoomBench.Purse purse(PlayerId who) {
            return purses.computeIfAbsent(who, unknown -> new RoomBench.Purse());
        }

        void loseAll() {
            arriving.clear();
            decisions.clear();
        }

        void settle() {
            do {
                if (arriving.isEmpty() && decisions.isEmpty()) {
                    room.pending().forEach(arriving::add);
                }
                while (!arriving.isEmpty() || !decisions.isEmpty()) {
                    carryOutNext();
                    answerNext();
                }
            } while (!room.pending().isEmpty());
        }

        /** What was recorded of this life is the same when it is computed again. */
        void replay() {
            RecordingFile recording = room.recording(RecordingHeader.newBuilder());
            try {
                ReplayReport report = TurnReplay.run(recording, ScriptGame.TYPE);
                assertThat(report.difference()).as(report.text(String::valueOf)).isNull();
                replayed += report.turns();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void crash() {
            replay();
            crashes++;
            for (int i = random.nextInt(3); i > 0; i--) {
                carryOutNext();
            }
            loseAll();
            here.clear();
            purses = new HashMap<>();
            PLAYERS.forEach(player -> purse(player.id()).counts.put("gold", gold.getOrDefault(player.id(), 0L)));
            room = newRoom();
            lastSubmitted = revision;
            put(room.restore(revision, kept, now - random.nextInt(10)));
        }

        String state() {
            try {
                return StringValue.parseFrom(KeptRoom.parseFrom(kept).getState())
                        .getValue();
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
