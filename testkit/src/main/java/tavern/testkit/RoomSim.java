package tavern.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.engine.Commit;
import tavern.engine.EngineLimits;
import tavern.engine.FlightRecorder;
import tavern.engine.KeptOptions;
import tavern.engine.Output;
import tavern.engine.ReadGoods;
import tavern.engine.RecorderMemory;
import tavern.engine.RoomScene;
import tavern.engine.kept.KeptRoom;
import tavern.engine.recorded.RecordingHeader;
import tavern.game.AccountId;
import tavern.game.Admission;
import tavern.game.GameType;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.RefusedException;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** A room with its store and its members. What happens is done at once, with all that follows from it. */
final class RoomSim<S extends MessageLite> {
    /** 2026-01-01, in milliseconds since 1970. */
    static final long START_MILLIS = 1_767_225_600_000L;

    /** From one tick of what moves to the next. */
    private static final long MOVE_MILLIS = 50;

    private static final long RECORDING_BYTES_MAX = 1 << 20;

    /** How a room begins. */
    record Setup(RoomId room, long seed, EngineLimits limits, Map<String, String> settings, KeptOptions options) {}

    /** What members see. */
    interface Listener {
        void told(PlayerId who, ByteString what);

        /**
         * Somebody says something, or is answered.
         *
         * @param answer null when it has only been asked for
         */
        void answered(PlayerId who, int seq, @Nullable Answer answer);

        /** Told for the moment only, to somebody whose connection is there. */
        void hinted(PlayerId who, ByteString what);

        void sent(Player who, RoomId to);

        void signalled(RoomId to, ByteString what);

        /** A service is called. Returns its reply; null when there is none yet. */
        @Nullable
        Reply called(Output.Call call);

        /** A player of this name, in the room or not; null when there is none. */
        @Nullable
        Player named(String name);

        void failed(String what, Throwable failure);
    }

    /** Something that happened to the room, and what came of it. */
    record Happened(KitHost.Happening what, List<Output> outputs) {}

    private static final class Seat {
        final Player player;
        final boolean isSpectator;
        boolean isCut;

        Seat(Player player, boolean isSpectator) {
            this.player = player;
            this.isSpectator = isSpectator;
        }
    }

    private final GameType<S, ?, ?> type;
    private final Setup setup;
    private final Listener listener;
    private final KitStore store = new KitStore();
    private final Map<PlayerId, Seat> seats = new LinkedHashMap<>();
    private final Deque<KitHost.Happening> next = new ArrayDeque<>();
    private final Deque<KitHost.Happening> unheard = new ArrayDeque<>();
    private final List<Happened> happened = new ArrayList<>();
    private final Map<RoomId, Long> signalsIn = new LinkedHashMap<>();
    private final Map<Long, Output.Call> calls = new LinkedHashMap<>();
    private KitHost host;
    private KitHost twin;
    private long nowMillis = START_MILLIS;
    private long movedMillis;
    private int seq;

    RoomSim(GameType<S, ?, ?> type, Setup setup, Listener listener) {
        this.type = type;
        this.setup = setup;
        this.listener = listener;
        this.host = newHost(recorder());
        this.twin = newHost(FlightRecorder.off());
        long now = nowMillis;
        happen(life -> life.room().begin(setup.options(), setup.seed(), now));
    }

    private static FlightRecorder recorder() {
        return new FlightRecorder(RecorderMemory.UNBOUNDED, RECORDING_BYTES_MAX);
    }

    /** What has happened since the opening, or the last crash. */
    GameRecording recording() {
        return new GameRecording(host.room()
                .recording(RecordingHeader.newBuilder().setType("test").setSavedMs(nowMillis)));
    }

    private KitHost newHost(FlightRecorder recorder) {
        return new KitHost(
                type,
                setup.room(),
                setup.limits(),
                setup.settings(),
                store.ledger().copy(),
                recorder);
    }

    KitStore store() {
        return store;
    }

    long nowMillis() {
        return nowMillis;
    }

    boolean isOpen() {
        return host.room().isOpen();
    }

    boolean isIn(PlayerId who) {
        return seats.containsKey(who);
    }

    boolean isCut(PlayerId who) {
        Seat seat = seats.get(who);
        return seat != null && seat.isCut;
    }

    boolean isPlayer(PlayerId who) {
        Seat seat = seats.get(who);
        return seat != null && !seat.isSpectator;
    }

    /** A host for which all that has happened since the last crash can happen again. */
    KitHost twin() {
        return twin;
    }

    /** What has happened since this was asked for last, or since the last crash. */
    List<Happened> takeHappened() {
        List<Happened> taken = List.copyOf(happened);
        happened.clear();
        return taken;
    }

    private void happen(KitHost.Happening what) {
        next.add(what);
        happenAll();
    }

    private void happenAll() {
        for (KitHost.Happening one = next.poll(); one != null; one = next.poll()) {
            List<Output> outputs = one.happen(host);
            happened.add(new Happened(one, outputs));
            outputs.forEach(this::put);
        }
    }

    private void put(Output output) {
        if (output instanceof Output.Submit submit) {
            store.submit(submit.commit());
        } else if (output instanceof Output.Tell tell) {
            tell(tell.who(), tell.what());
        } else if (output instanceof Output.TellAll tell) {
            for (Seat seat : seats.values()) {
                if (!seat.player.id().equals(tell.except())) {
                    listener.told(seat.player.id(), tell.what());
                }
            }
        } else if (output instanceof Output.Done done) {
            listener.answered(done.who(), done.seq(), Answer.DONE);
        } else if (output instanceof Output.Refused refused) {
            listener.answered(refused.who(), refused.seq(), new Answer(refused.code(), refused.text()));
        } else if (output instanceof Output.Broken broken) {
            listener.answered(broken.who(), broken.seq(), new Answer(ErrorCode.INTERNAL, ""));
            listener.failed("message " + broken.seq() + " of player " + broken.who(), broken.failure());
        } else if (output instanceof Output.Failed failed) {
            // A refusal of what no player asked for is tried again, or given up: the game may mean it.
            if (!(failed.failure() instanceof RefusedException)) {
                listener.failed(failed.what(), failed.failure());
            }
        } else if (output instanceof Output.PutOut putOut) {
            unseat(putOut.who());
        } else if (output instanceof Output.Send send) {
            if (seats.containsKey(send.who().id())) {
                listener.sent(send.who(), send.to());
                unseat(send.who().id());
            }
        } else if (output instanceof Output.Signal signal) {
            listener.signalled(signal.to(), signal.what());
            long now = nowMillis;
            next.add(life -> life.room().arrived(signal.number(), now));
        } else if (output instanceof Output.TellVolatile told) {
            for (Seat seat : seats.values()) {
                boolean isTold = told.who() == null || told.who().equals(seat.player.id());
                if (isTold && !seat.isCut) {
                    listener.hinted(seat.player.id(), told.what());
                }
            }
        } else if (output instanceof Output.Read read) {
            ReadGoods goods = read(read.reads());
            long now = nowMillis;
            next.add(life -> life.room().read(read.number(), goods, now));
        } else if (output instanceof Output.Call call) {
            calls.put(call.number(), call);
            Reply reply = listener.called(call);
            if (reply != null) {
                next.add(reply(call.number(), reply));
            }
        }
    }

    /** As it is now: somebody else may change it before the turn's commit. */
    private ReadGoods read(Reads wanted) {
        Map<AccountId, ReadGoods.Account> accounts = new LinkedHashMap<>();
        Map<String, Player> players = new LinkedHashMap<>();
        wanted.accounts()
                .forEach(account -> accounts.put(account, store.ledger().read(account)));
        for (String name : wanted.names()) {
            Player player = listener.named(name);
            if (player != null) {
                players.put(name, player);
                accounts.put(player.id(), store.ledger().read(player.id()));
            }
        }
        return new ReadGoods(accounts, players);
    }

    private KitHost.Happening reply(long call, Reply reply) {
        calls.remove(call);
        long now = nowMillis;
        return life -> life.room().answered(call, reply, now);
    }

    /** The calls that are not answered, oldest first. */
    List<Output.Call> calls() {
        return List.copyOf(calls.values());
    }

    /** A service answers a call. */
    void replies(long call, Reply reply) {
        happen(reply(call, reply));
    }

    private void tell(PlayerId who, ByteString what) {
        if (seats.containsKey(who)) {
            listener.told(who, what);
        }
    }

    private void unseat(PlayerId who) {
        Seat seat = seats.remove(who);
        if (seat != null && !seat.isSpectator) {
            long now = nowMillis;
            next.add(life -> life.left(who, now));
        }
    }

    /** Returns why not; null when he is in. */
    @Nullable
    Answer joins(Player who, ByteString ticket) {
        if (!isOpen()) {
            return new Answer(ErrorCode.UNAVAILABLE, "the room is not durable yet");
        }
        Admission admission = host.room().admit(who, ticket);
        if (admission instanceof Admission.Refusal refusal) {
            return new Answer(refusal.code(), refusal.text());
        }
        seats.put(who.id(), new Seat(who, admission == Admission.spectator()));
        if (isPlayer(who.id())) {
            long now = nowMillis;
            happen(life -> life.joined(who, now));
        }
        return null;
    }

    void leaves(PlayerId who) {
        unseat(who);
        happenAll();
    }

    void cuts(PlayerId who, boolean isCut) {
        Seat seat = seats.get(who);
        if (seat != null && seat.isCut != isCut) {
            seat.isCut = isCut;
            long now = nowMillis;
            happen(life -> isCut ? life.room().dropped(who, now) : life.room().returned(who, now));
        }
    }

    /** Returns the number under which it is answered. */
    int says(PlayerId who, long request, ByteString message) {
        seq++;
        int number = seq;
        long now = nowMillis;
        listener.answered(who, number, null);
        happen(life -> life.room().said(who, number, request, message, now));
        return number;
    }

    void signals(RoomId from, ByteString what) {
        long number = signalsIn.merge(from, 1L, Long::sum);
        long now = nowMillis;
        happen(life -> life.room().signalled(from, number, what, now));
    }

    /**
     * The time goes on; timers run when they are due, and what moves does so 20 times a second while somebody is in the room.
     *
     * @param movesMax most ticks of what moves; if the time is longer, they come at its beginning
     * @param afterTick after each
     */
    void passes(long millis, long movesMax, Runnable afterTick) {
        long until = nowMillis + millis;
        long left = host.room().isMoving() ? movesMax : 0;
        while (true) {
            boolean isMoving = left > 0 && isOpen() && !seats.isEmpty();
            long moveMillis = isMoving ? nextMoveMillis() : Long.MAX_VALUE;
            long due = Math.min(host.room().dueMillis(), moveMillis);
            if (due > until) {
                break;
            }
            nowMillis = Math.max(nowMillis, due);
            ticks();
            if (isMoving && moveMillis <= nowMillis) {
                left--;
                movedMillis = nowMillis;
                moves();
            }
            afterTick.run();
        }
        nowMillis = until;
        ticks();
    }

    private long nextMoveMillis() {
        return (movedMillis > nowMillis - MOVE_MILLIS ? movedMillis : nowMillis) + MOVE_MILLIS;
    }

    private void moves() {
        long now = nowMillis;
        happen(life -> life.moves(now));
    }

    /** A player moves. Returns whether the game let him. */
    boolean walks(PlayerId who, int x, int y) {
        happen(life -> life.walks(who, x, y));
        RoomScene scene = host.scene().scene();
        int entity = scene.of(who);
        return entity != 0 && scene.x(entity) == x && scene.y(entity) == y;
    }

    /** What there is to see. */
    RoomScene scene() {
        return host.scene().scene();
    }

    boolean isMoving() {
        return host.room().isMoving();
    }

    private void ticks() {
        long now = nowMillis;
        happen(life -> life.room().tick(now));
    }

    /** The store gives one answer. Returns whether there was one. */
    boolean answersNext() {
        KitStore.Decision decision = store.takeAnswer();
        if (decision == null) {
            return false;
        }
        Commit commit = decision.commit();
        String refusal = decision.refusal();
        ErrorCode code = decision.code();
        long now = nowMillis;
        happen(
                refusal == null
                        ? life -> life.committed(commit, now)
                        : life -> life.room().refused(commit.revision(), code, refusal, now));
        return true;
    }

    /** All that is under way is carried out and answered. */
    void settles() {
        do {
            if (store.isIdle()) {
                submitsAgain();
            }
            while (store.carryOutNext() || answersNext()) {
                // Answers can lead to more commits.
            }
        } while (!host.room().pending().isEmpty());
        next.addAll(unheard);
        unheard.clear();
        happenAll();
    }

    /** As a host does that gets no answers any more. */
    void submitsAgain() {
        store.loseAll();
        host.room().pending().forEach(store::submit);
    }

    /** Goods move by somebody else's doing, and the host hears of it. */
    void moves(AccountId from, AccountId to, String kind, long count) {
        store.ledger().move(from, to, kind, count);
        happen(life -> life.moved(from, to, kind, count));
    }

    /** Goods move, and the host hears of it when the store has answered all else. */
    void movesUnheard(AccountId from, AccountId to, String kind, long count) {
        store.ledger().move(from, to, kind, count);
        unheard.add(life -> life.moved(from, to, kind, count));
    }

    /** Everybody is out, and the room goes on from what the store has, if the opening has been carried out. */
    void crashes() {
        seats.clear();
        next.clear();
        unheard.clear();
        happened.clear();
        calls.clear();
        store.loseAll();
        host = newHost(recorder());
        twin = newHost(FlightRecorder.off());
        long revision = store.revision();
        ByteString room = store.room();
        long now = nowMillis;
        happen(
                revision == 0
                        ? life -> life.room().begin(setup.options(), setup.seed(), now)
                        : life -> life.restored(revision, room, now));
    }

    /** Revision of the state that the room takes for durable; 0 for none. */
    long revision() {
        return host.room().revision().orElse(0);
    }

    ByteString view(Player who) {
        return host.room().view(new Viewer(who, isIn(who.id()) && !isPlayer(who.id())));
    }

    /** The game's state as the store has it. */
    S state() {
        try {
            return type.states().parseFrom(KeptRoom.parseFrom(store.room()).getState());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the store does not have a state of " + type.name(), e);
        }
    }

    static <M> M parsed(Parser<M> parser, ByteString bytes) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("the game told something else than this parser reads", e);
        }
    }
}
