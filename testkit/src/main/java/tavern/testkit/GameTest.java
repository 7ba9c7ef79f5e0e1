package tavern.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.engine.EngineLimits;
import tavern.engine.KeptOptions;
import tavern.engine.Output;
import tavern.game.AccountId;
import tavern.game.GameType;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Scene;

/**
 * One room of a game, with players whose moves the test makes. Everything happens during the call: the store answers at
 * once unless it is told to be {@link Store#silentFor silent}, and the time passes when the test says so.
 *
 * <pre>
 *   var t = GameTest.of(type, Told.parser()).seed(7).players("ann", "ben");
 *   t.says("ann", roll());
 *   t.passes(Duration.ofSeconds(5));
 *   t.crash();
 *   assertThat(t.goods("ann").count("gold")).isEqualTo(50);
 * </pre>
 *
 * <p>Not for use by several threads. An exception of the game that is not a refusal becomes an {@link AssertionError} of
 * the call in which it happened.
 */
public final class GameTest<S extends MessageLite, I extends MessageLite, O extends MessageLite> {
    private static final RoomId ROOM = new RoomId("room");

    private final GameType<S, I, O> type;
    private final Parser<O> told;
    private final Map<String, String> settings = new HashMap<>();
    private final Map<String, String> metadata = new HashMap<>();
    private final Map<String, Player> players = new LinkedHashMap<>();
    private final List<Invariant<S>> invariants = new ArrayList<>();
    private final Store store = new Store();
    private final Heard heard = new Heard();
    private long seed = 1;
    private EngineLimits limits = EngineLimits.DEFAULT;
    private @Nullable RoomSim<S> sim;
    private int silentInputs;

    private GameTest(GameType<S, I, O> type, Parser<O> told) {
        this.type = type;
        this.told = told;
    }

    /**
     * For a game whose room is yet to be opened.
     *
     * @param told reads what the game tells
     */
    public static <S extends MessageLite, I extends MessageLite, O extends MessageLite> GameTest<S, I, O> of(
            GameType<S, I, O> type, Parser<O> told) {
        return new GameTest<>(type, told);
    }

    /** Of the room's chance, and of {@link #storm}s'. Before anything happens. */
    public GameTest<S, I, O> seed(long seed) {
        requireNotBegun();
        this.seed = seed;
        return this;
    }

    /** A setting of the room's type. Before anything happens. */
    public GameTest<S, I, O> setting(String key, String value) {
        requireNotBegun();
        settings.put(key, value);
        return this;
    }

    /** An entry that the room's opener chose. Before anything happens. */
    public GameTest<S, I, O> metadata(String key, String value) {
        requireNotBegun();
        metadata.put(key, value);
        return this;
    }

    /** Bounds of the room. Before anything happens. */
    public GameTest<S, I, O> limits(EngineLimits limits) {
        requireNotBegun();
        this.limits = limits;
        return this;
    }

    /** Must hold whenever something has become durable, also during {@link #storm}s. */
    public GameTest<S, I, O> always(Invariant<S> invariant) {
        invariants.add(invariant);
        return this;
    }

    /** Opens the room, and lets these come in one after another. Their ids count from 1, in this order. */
    public GameTest<S, I, O> players(String... names) {
        for (String name : names) {
            Answer refusal = joins(name);
            if (!refusal.isDone()) {
                throw new AssertionError(name + " may not come in: " + refusal);
            }
        }
        return this;
    }

    /** Somebody comes in, without a ticket. Returns why not. */
    public Answer joins(String name) {
        return joins(name, ByteString.EMPTY);
    }

    /** Somebody comes in, as a player or spectator, as the game decides. Returns the game's answer. */
    public Answer joins(String name, ByteString ticket) {
        Player who = players.computeIfAbsent(name, unknown -> new Player(new PlayerId(players.size() + 1L), name));
        RoomSim<S> sim = sim();
        if (sim.isIn(who.id())) {
            throw new IllegalArgumentException(name + " is in the room already");
        }
        Answer refusal = sim.joins(who, ticket);
        after();
        return refusal == null ? Answer.DONE : refusal;
    }

    /** Somebody leaves for good. */
    public void leaves(String name) {
        sim().leaves(present(name).id());
        after();
    }

    /** A connection is lost; the seat is kept. */
    public void cut(String name) {
        sim().cuts(present(name).id(), true);
        after();
    }

    /** Somebody whose connection was lost is back. */
    public void returns(String name) {
        sim().cuts(present(name).id(), false);
        after();
    }

    public void says(String name, I message) {
        asks(name, 0, message);
    }

    /** Says something under the client's own number, under which it is done once however often it is said. */
    public void asks(String name, long request, I message) {
        sim().says(player(name).id(), request, message.toByteString());
        after();
    }

    /** Another room sends something. */
    public void signals(String fromRoom, ByteString what) {
        sim().signals(new RoomId(fromRoom), what);
        after();
    }

    /** The time goes on, timers run, and a game whose things move ticks 20 times a second. */
    public void passes(Duration time) {
        RoomSim<S> sim = sim();
        sim.passes(time.toMillis(), Long.MAX_VALUE, () -> {
            if (silentInputs == 0) {
                sim.settles();
            }
        });
        after();
    }

    /**
     * A player moves, however far. Players come in in the middle of a map of 200 x 200 units.
     *
     * @param x in 1/16 of a unit
     * @param y in 1/16 of a unit
     * @return whether he stands there: it is on the map, and the game lets him
     */
    public boolean moves(String name, int x, int y) {
        boolean isThere = sim().walks(present(name).id(), x, y);
        after();
        return isThere;
    }

    /** What there is to see in the room of a game whose things move; at most 256 NPCs. */
    public Scene scene() {
        return sim().scene();
    }

    /** What somebody has been told for the moment only, as {@link #told}. */
    public List<O> hinted(String name) {
        return heard.hinted.getOrDefault(player(name).id(), List.of()).stream()
                .map(bytes -> RoomSim.parsed(told, bytes))
                .toList();
    }

    /** The server ends without warning. What the store has not carried out is lost, and everybody is out. */
    public void crash() {
        crash(0);
    }

    /**
     * The server ends without warning, and the store has heard some of what was under way.
     *
     * @param carriedOut how many of the commits under way were still carried out, though nobody heard of it
     */
    public void crash(int carriedOut) {
        RoomSim<S> sim = sim();
        for (int i = 0; i < carriedOut; i++) {
            sim.store().carryOutNext();
        }
        silentInputs = 0;
        sim.crashes();
        after();
    }

    /** An operator gives goods. */
    public void grant(String name, String kind, long count) {
        sim().moves(Mint.OPS, player(name).id(), kind, count);
        after();
    }

    /** What a player durably has. */
    public KeptGoods goods(String name) {
        return goods(player(name).id());
    }

    /** What an account durably has. */
    public KeptGoods goods(AccountId account) {
        return new KeptGoods(sim().store().ledger().of(account));
    }

    /** The points of those who are on a leaderboard, by their names, best first. */
    public Map<String, Long> board(String name) {
        Map<String, Long> board = new LinkedHashMap<>();
        for (var entry : sim().store().boards().board(name)) {
            players.values().stream()
                    .filter(player -> player.id().equals(entry.getKey()))
                    .forEach(player -> board.put(player.name(), entry.getValue()));
        }
        return board;
    }

    /** What somebody has been told since he came in first, or since {@link #forget}. */
    public List<O> told(String name) {
        return heard.told.getOrDefault(player(name).id(), List.of()).stream()
                .map(bytes -> RoomSim.parsed(told, bytes))
                .toList();
    }

    /** Everybody forgets what was told so far. */
    public void forget() {
        heard.told.clear();
        heard.hinted.clear();
    }

    /** What somebody sees who comes in now, or has missed too much. */
    public O view(String name) {
        return RoomSim.parsed(told, sim().view(player(name)));
    }

    /** The answer to what somebody said last; null when there is none yet. */
    public @Nullable Answer answer(String name) {
        return heard.answers.get(player(name).id());
    }

    /** The state that is durable. */
    public S state() {
        return sim().state();
    }

    /** The room's time, in milliseconds since 1970. */
    public long now() {
        return sim().nowMillis();
    }

    public boolean isIn(String name) {
        return sim().isIn(player(name).id());
    }

    /** Where the game has sent somebody last; null for nowhere. */
    public @Nullable RoomId sentTo(String name) {
        return heard.sent.get(player(name).id());
    }

    /** What the game has sent to another room. */
    public List<ByteString> signalled(String room) {
        return List.copyOf(heard.signals.getOrDefault(new RoomId(room), List.of()));
    }

    /** The newest turns since the room was opened, or since the last crash. */
    public GameRecording recording() {
        return sim().recording();
    }

    public Store store() {
        return store;
    }

    /** A service that the game calls. Until the test says how it answers, it is not configured. */
    public Service service(String name) {
        return new Service(name);
    }

    /**
     * Random schedules for this game and its players, in rooms of their own: messages, coming and going, lost connections, time,
     * services that answer or fail, a store that is silent, refuses or loses answers, and crashes around each commit. After each step:
     *
     * <ul>
     *   <li>the game has thrown nothing but refusals;
     *   <li>goods are conserved, and all {@link #always invariants} hold;
     *   <li>what the room takes for durable is in the store, and looks the same after a crash;
     *   <li>the same turns and ticks, computed again, give the same.
     * </ul>
     *
     * <p>In games whose things move, players also walk, and of the time that passes at most two seconds are made of ticks.
     *
     * @throws AssertionError that contains the seed, and the shortest schedule found that fails
     */
    public void storm(int steps, long seed, Moves<S, I> moves) {
        if (players.isEmpty()) {
            throw new IllegalStateException("a storm needs players: call players(…) before");
        }
        new Storm<>(type, setup(seed), List.copyOf(players.values()), moves, invariants).run(steps);
    }

    /** Lets the store misbehave. */
    public final class Store {
        private Store() {}

        /** The store carries out nothing during the next calls of the test; after them it does all at once. */
        public void silentFor(int inputs) {
            silentInputs = inputs;
        }

        /** The store is no longer silent. */
        public void answers() {
            silentInputs = 0;
            after();
        }

        /** The store refuses the next commit that moves goods or writes values, as if somebody else had been faster. */
        public void refuseNext() {
            sim().store().refuseNext();
        }
    }

    /** Decides what comes of calls: of those that wait, and of all that follow. */
    public final class Service {
        private final String name;

        private Service(String name) {
            this.name = name;
        }

        /** It does what it is asked for, and answers this. */
        public void replies(MessageLite answer) {
            decide(new Reply.Ok(answer.toByteString()));
        }

        /** It fails, after all tries. */
        public void fails(Reply.Cause cause) {
            decide(new Reply.Failed(cause, "the test lets it fail"));
        }

        /** It answers nothing: calls wait, also through a crash. */
        public void silent() {
            heard.silent.add(name);
        }

        private void decide(Reply reply) {
            heard.silent.remove(name);
            heard.replies.put(name, reply);
            RoomSim<S> sim = sim();
            for (Output.Call call : sim.calls()) {
                if (call.service().equals(name)) {
                    sim.replies(call.number(), reply);
                }
            }
            after();
        }

        /** The requests that it got, by the game's names for the calls; those that were made again after a crash count twice. */
        public List<ByteString> requests(String call) {
            return heard.calls.stream()
                    .filter(made -> made.service().equals(name) && made.call().equals(call))
                    .map(Output.Call::request)
                    .toList();
        }
    }

    private final class Heard implements RoomSim.Listener {
        final Map<PlayerId, List<ByteString>> told = new HashMap<>();
        final Map<PlayerId, List<ByteString>> hinted = new HashMap<>();
        final Map<PlayerId, @Nullable Answer> answers = new HashMap<>();
        final Map<PlayerId, Integer> seqs = new HashMap<>();
        final Map<PlayerId, RoomId> sent = new HashMap<>();
        final Map<RoomId, List<ByteString>> signals = new HashMap<>();
        final List<Output.Call> calls = new ArrayList<>();
        final Map<String, Reply> replies = new HashMap<>();
        final Set<String> silent = new HashSet<>();

        @Nullable
        AssertionError failure;

        @Override
        public void told(PlayerId who, ByteString what) {
            told.computeIfAbsent(who, unknown -> new ArrayList<>()).add(what);
        }

        @Override
        public void answered(PlayerId who, int seq, @Nullable Answer answer) {
            if (answer == null) {
                seqs.put(who, seq);
                answers.remove(who);
            } else if (seqs.getOrDefault(who, 0) == seq) {
                answers.put(who, answer);
            }
        }

        @Override
        public void hinted(PlayerId who, ByteString what) {
            hinted.computeIfAbsent(who, unknown -> new ArrayList<>()).add(what);
        }

        @Override
        public void sent(Player who, RoomId to) {
            sent.put(who.id(), to);
        }

        @Override
        public void signalled(RoomId to, ByteString what) {
            signals.computeIfAbsent(to, unknown -> new ArrayList<>()).add(what);
        }

        @Override
        public @Nullable Player named(String name) {
            return players.get(name);
        }

        @Override
        public @Nullable Reply called(Output.Call call) {
            calls.add(call);
            return silent.contains(call.service())
                    ? null
                    : replies.getOrDefault(
                            call.service(),
                            new Reply.Failed(Reply.Cause.NOT_CONFIGURED, "the test has no service " + call.service()));
        }

        @Override
        public void failed(String what, Throwable cause) {
            if (failure == null) {
                failure = new AssertionError("the game failed: " + what + ": " + cause, cause);
            }
        }
    }

    private RoomSim.Setup setup(long chance) {
        return new RoomSim.Setup(ROOM, chance, limits, Map.copyOf(settings), new KeptOptions(false, metadata));
    }

    private RoomSim<S> sim() {
        if (sim == null) {
            sim = new RoomSim<>(type, setup(seed), heard);
            after();
        }
        return sim;
    }

    /** After each call of the test. */
    private void after() {
        RoomSim<S> sim = sim();
        if (silentInputs > 0) {
            silentInputs--;
        } else {
            sim.settles();
        }
        check(sim);
    }

    private void check(RoomSim<S> sim) {
        sim.takeHappened();
        AssertionError failure = heard.failure;
        heard.failure = null;
        if (failure != null) {
            throw failure;
        }
        if (sim.isOpen()) {
            Storm.check(invariants, sim);
        }
    }

    private Player player(String name) {
        Player player = players.get(name);
        if (player == null) {
            throw new IllegalArgumentException("there is no player " + name + ", only " + players.keySet());
        }
        return player;
    }

    private Player present(String name) {
        Player player = player(name);
        if (!sim().isIn(player.id())) {
            throw new IllegalArgumentException(name + " is not in the room");
        }
        return player;
    }

    private void requireNotBegun() {
        if (sim != null) {
            throw new IllegalStateException("the room is open already");
        }
    }
}
