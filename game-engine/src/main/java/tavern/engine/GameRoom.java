package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.engine.kept.KeptCall;
import tavern.engine.kept.KeptPlayer;
import tavern.engine.kept.KeptRoom;
import tavern.engine.kept.KeptSignal;
import tavern.engine.recorded.RecordingHeader;
import tavern.game.Admission;
import tavern.game.GameType;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/**
 * One room of a game. All calls come from one thread, one after another; all but the questions return what is to be done,
 * in this order. {@code nowMillis} is always a date, in milliseconds since 1970.
 *
 * <p>{@link #begin} or {@link #restore} comes first; others throw {@link IllegalStateException} before it.
 *
 * <p>Goods that turns move must reach {@link MemberGoods} before {@link #committed}.
 */
public final class GameRoom {
    private final RoomContext context;
    private final RoomTimers timers = new RoomTimers();
    private final SignalLanes lanes = new SignalLanes();
    private final TickContext ticks = new TickContext();
    private final RoomAnswers answers = new RoomAnswers();
    private final FlightRecorder recorder;
    private final TurnListener listener;
    private GameCalls<?, ?, ?> game;
    private @Nullable TurnPipeline turns;
    private long sceneMillis;
    private long nowMillis;

    /** A room that is neither recorded nor measured. */
    public GameRoom(GameType<?, ?, ?> type, RoomId room, EngineLimits limits, Map<String, String> settings) {
        this(type, room, limits, settings, FlightRecorder.off(), TurnListener.NONE);
    }

    public GameRoom(
            GameType<?, ?, ?> type,
            RoomId room,
            EngineLimits limits,
            Map<String, String> settings,
            FlightRecorder recorder,
            TurnListener listener) {
        this.recorder = recorder;
        this.listener = listener;
        this.game = new GameCalls<>(type);
        this.context = new RoomContext(room, settings, limits, new Mint(type.name()), type.keeps(), type.boards());
    }

    /**
     * Begins a room that was never there. Nobody is to be let in before its first commit is durable ({@link #isOpen}). If
     * the game fails, or the commit is refused, the room is neither open nor {@link #isSettling settling} afterwards.
     *
     * @param seed not to be guessed by players
     */
    public List<Output> begin(KeptOptions options, long seed, long nowMillis) {
        start(RoomState.unopened(seed), 0);
        return turn(new OpeningInput(options, time(nowMillis)));
    }

    /**
     * Goes on with a room that the store kept. Who was in it is found to have left.
     *
     * @throws IllegalArgumentException when the game cannot read its state; the room cannot be opened with this game
     */
    public List<Output> restore(long revision, ByteString kept, long nowMillis) {
        return restore(revision, kept, Map.of(), nowMillis);
    }

    /**
     * As the other, for a room that another host had until now: those of its members who have goods here are still in it, and
     * the game notices nothing; others are found to have left.
     *
     * @throws IllegalArgumentException as the other
     */
    public List<Output> restore(
            long revision, ByteString kept, Map<PlayerId, ? extends MemberGoods> present, long nowMillis) {
        KeptRoom room;
        MessageLite state;
        try {
            room = KeptRoom.parseFrom(kept);
            state = game.parseState(room.getState());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "the game cannot read what is kept of room " + context.room() + ": " + e.getMessage(), e);
        }
        Present stay = Present.NOBODY;
        List<PlayerId> gone = new ArrayList<>();
        for (KeptPlayer before : room.getPresentList()) {
            Player player = RoomState.player(before);
            MemberGoods goods = present.get(player.id());
            if (goods == null) {
                gone.add(player.id());
            } else {
                stay = stay.with(new Present.Member(player, goods));
            }
        }
        TurnPipeline turns = start(new RoomState(state, room, stay), revision);
        long now = time(Math.max(nowMillis, room.getNowMs()));
        List<Output> out = new ArrayList<>();
        for (KeptSignal signal : room.getSignalsList()) {
            out.add(new Output.Signal(new RoomId(signal.getTo()), signal.getNumber(), signal.getWhat()));
        }
        for (KeptCall call : room.getCallsList()) {
            out.add(new Output.Call(call.getService(), call.getCall(), call.getNumber(), call.getRequest()));
        }
        for (PlayerId who : gone) {
            turns.add(new LeftInput(who, true, now));
        }
        turns.run(now, out);
        return out;
    }

    /**
     * Reads the room with another version of its game. Changes nothing by itself.
     *
     * @return goes on with that version, if nothing has happened in between. What is computed and not durable yet stays as
     *     it is
     * @throws IllegalArgumentException when the other version cannot read the room, or is not one of the same game
     */
    public Runnable readBy(GameType<?, ?, ?> other) {
        if (!new Mint(other.name()).equals(context.mint())
                || !other.keeps().equals(context.keeps())
                || !other.boards().equals(context.boards())) {
            throw new IllegalArgumentException("game " + other.name()
                    + " has another name, keeps other values of players, or has other leaderboards, than while room "
                    + context.room() + " was open");
        }
        GameCalls<?, ?, ?> calls = new GameCalls<>(other);
        if (calls.isMoving() != game.isMoving()) {
            throw new IllegalArgumentException("game " + other.name() + (calls.isMoving() ? " has" : " has no")
                    + " things that move, other than while room " + context.room() + " was open");
        }
        try {
            Runnable swap = turns().readBy(calls);
            return () -> {
                game = calls;
                swap.run();
            };
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(
                    "the game cannot read what there is of room " + context.room() + ": " + e.getMessage(), e);
        }
    }

    private TurnPipeline start(RoomState state, long revision) {
        if (turns != null) {
            throw new IllegalStateException("room " + context.room() + " has begun already");
        }
        turns = new TurnPipeline(context, game, state, revision, recorder, listener);
        return turns;
    }

    /** Whether the room is durable, so that people may be let in. */
    public boolean isOpen() {
        return turns != null && turns.durableRevision() > 0;
    }

    /**
     * Asks the game whether somebody may come in; an exception of the game's passes through. From the state that is
     * durable.
     *
     * @throws IllegalStateException unless the room {@link #isOpen}
     */
    public Admission admit(Player who, ByteString ticket) {
        return game.admit(openState(), who, ticket);
    }

    /**
     * What a newcomer or somebody who has missed too much is to see first: the game's view of the state that is durable,
     * which fits all that is told afterwards. An exception of the game's passes through.
     *
     * @throws IllegalStateException unless the room {@link #isOpen}
     * @throws IllegalArgumentException when the view is larger than what a turn may tell
     */
    public ByteString view(Viewer viewer) {
        ByteString view = game.view(openState(), viewer);
        Bounds.require("bytes in a view", view.size(), context.limits().toldBytesMax());
        return view;
    }

    private MessageLite openState() {
        if (!isOpen()) {
            throw new IllegalStateException("room " + context.room() + " is not open");
        }
        return turns().durable().game();
    }

    /** A member who takes part has come in; the host has sent {@link #view} already. */
    public List<Output> joined(Player who, MemberGoods goods, long nowMillis) {
        return turn(new JoinedInput(new Present.Member(who, goods), time(nowMillis)));
    }

    /** A member is gone for good. Does nothing for others. */
    public List<Output> left(PlayerId who, long nowMillis) {
        return turn(new LeftInput(who, true, time(nowMillis)));
    }

    /** A member's connection is lost; the seat is kept. Does nothing for others. */
    public List<Output> dropped(PlayerId who, long nowMillis) {
        return turn(new ConnectionInput(who, false, time(nowMillis)));
    }

    /** A member has another connection. Does nothing for others. */
    public List<Output> returned(PlayerId who, long nowMillis) {
        return turn(new ConnectionInput(who, true, time(nowMillis)));
    }

    /**
     * A member says something. Answered once, by {@link Output.Done}, {@link Output.Refused} or {@link Output.Broken},
     * unless the member leaves before.
     *
     * @param seq the client's number of the message, for the answer
     * @param request 0, or the client's number of the request: it grows with each request of the player in this room; one that
     *     was carried out before is answered with {@link Output.Done} and not done again, also after a crash. What was refused
     *     has to be asked for under a new number, since a later one may have been carried out. Remembered for the 256
     *     players who have asked last
     */
    public List<Output> said(PlayerId who, int seq, long request, ByteString message, long nowMillis) {
        int waiting = turns().waiting().messages();
        long waitingBytes = turns().waiting().messageBytes() + message.size();
        EngineLimits limits = context.limits();
        if (waiting >= limits.turnsWaitingMax() || (waiting > 0 && waitingBytes > limits.bytesWaitingMax())) {
            return List.of(new Output.Refused(
                    who, seq, ErrorCode.BUSY, waiting + " messages wait for their turns in this room already"));
        }
        MessageLite parsed;
        try {
            parsed = game.parseMessage(message);
        } catch (InvalidProtocolBufferException e) {
            return List.of(new Output.Refused(who, seq, ErrorCode.BAD_VALUE, "not a message of this room's game"));
        }
        return turn(new MessageInput(who, seq, request, parsed, message.size(), time(nowMillis)));
    }

    /**
     * Another room's signal. One that is known is not done again. It is not taken while too many are under way
     * ({@link EngineLimits#SIGNALS_TAKEN_MAX}): the host repeats it until the room {@link #knows} it, before it brings the
     * same sender's next.
     */
    public List<Output> signalled(RoomId from, long number, ByteString what, long nowMillis) {
        SignalInput signal = new SignalInput(from, number, what, true, lanes, time(nowMillis));
        return lanes.takes(signal) ? turn(signal) : List.of();
    }

    /** Whether this signal is durably here, so that its sender may forget it. */
    public boolean knows(RoomId from, long number) {
        return number <= turns().durable().newestSignal(from);
    }

    /** A signal of this room is durable in the other. Does nothing for one that is not under way. */
    public List<Output> arrived(long number, long nowMillis) {
        return turn(new ArrivalInput(number, time(nowMillis)));
    }

    /**
     * What came of a call of this room ({@link Output.Call}). Does nothing for one that is not under way.
     *
     * @param reply with a body of at most {@link EngineLimits#REPLY_BYTES_MAX}
     */
    public List<Output> answered(long number, Reply reply, long nowMillis) {
        return turn(new AnswerInput(number, reply, true, answers, time(nowMillis)));
    }

    /** What was read ({@link Output.Read}). It is not used when nobody waits for it any more. */
    public List<Output> read(long number, ReadGoods goods, long nowMillis) {
        List<Output> out = new ArrayList<>();
        turns().read(number, goods, time(nowMillis), out);
        return out;
    }

    /** It cannot be read ({@link Output.Read}): the message that asked for it is refused. */
    public List<Output> unread(long number, ErrorCode code, String text, long nowMillis) {
        List<Output> out = new ArrayList<>();
        turns().unread(number, code, text, time(nowMillis), out);
        return out;
    }

    /** Runs the timers that are due. To be called when {@link #dueMillis} has come; may be called at any time. */
    public List<Output> tick(long nowMillis) {
        long now = time(nowMillis);
        if (!isOpen()) {
            return List.of();
        }
        TurnPipeline turns = turns();
        timers.due(turns.newest(), now).forEach(turns::add);
        lanes.due(now).forEach(turns::add);
        answers.due(now).forEach(turns::add);
        return run(turns);
    }

    /** Whether the game's things move, so that {@link #move} is to be called. */
    public boolean isMoving() {
        return game.isMoving();
    }

    /** As {@link #move(RoomScene, long, long)}, in a room whose time is the date. */
    public List<Output> move(RoomScene scene, long nowMillis) {
        return move(scene, nowMillis, 0);
    }

    /**
     * A tick of what moves, which may change the scene. To be called {@code tick-hz} times a second while somebody is in the room.
     *
     * @param behindMillis how far the time by which things move is behind the date
     * @throws IllegalStateException unless the room {@link #isOpen}
     */
    // What a game throws ends its tick, and nothing else.
    @SuppressWarnings("IllegalCatch")
    public List<Output> move(RoomScene scene, long nowMillis, long behindMillis) {
        long now = time(nowMillis);
        sceneMillis = Math.max(sceneMillis, now - behindMillis);
        MessageLite state = openState();
        Throwable failure = null;
        scene.begin();
        ticks.begin();
        try {
            game.tick(state, scene, ticks, sceneMillis);
        } catch (Throwable e) {
            TurnPipeline.rethrowIfFatal(e);
            failure = e;
        } finally {
            ticks.end();
            scene.end();
        }
        List<Output> out = ticks.takeTold();
        List<ByteString> begun = ticks.takeBegun();
        if (failure == null && begun.isEmpty()) {
            return out;
        }
        List<Output> all = new ArrayList<>(out);
        if (failure != null) {
            all.add(new Output.Failed("a tick of the game", failure));
        }
        TurnPipeline turns = turns();
        begun.forEach(what -> turns.add(new LaterInput(what, ticks, now)));
        turns.run(now, all);
        return all;
    }

    /** The latest time that a tick of what moves has seen; 0 before the first. */
    public long sceneMillis() {
        return sceneMillis;
    }

    /** Of a room that another host had until now: ticks see no time before this one. */
    public void sceneGoesOn(long fromMillis) {
        sceneMillis = Math.max(sceneMillis, fromMillis);
    }

    /** Asks the game about a player's move; an exception of the game's passes through. @see tavern.game.Moving#mayMove */
    public boolean mayMove(RoomScene scene, int entity, int x, int y) {
        return game.mayMove(openState(), scene, entity, x, y);
    }

    /** When {@link #tick} next has something to do; {@link Long#MAX_VALUE} for never. */
    public long dueMillis() {
        return isOpen()
                ? Math.min(timers.nextMillis(turns().newest()), Math.min(lanes.nextMillis(), answers.nextMillis()))
                : Long.MAX_VALUE;
    }

    /** Commits that are not decided, oldest first: what is to be submitted again, in this order, when the store was silent. */
    public List<Commit> pending() {
        return turns().commits();
    }

    /** Whether this is the oldest commit that is not decided. */
    public boolean isOldest(long revision) {
        return turns().isOldest(revision);
    }

    /** The commit with this revision is durable, and with it all pending ones before it. Does nothing for one that is not pending. */
    public List<Output> committed(long revision, long nowMillis) {
        List<Output> out = new ArrayList<>();
        turns().committed(revision, time(nowMillis), out);
        return out;
    }

    /**
     * The commit with this revision was refused, for good: goods or values are not as it needs them. Those behind it are
     * computed again, and submitted under new revisions. Does nothing for one that is not pending.
     */
    public List<Output> refused(long revision, ErrorCode code, String text, long nowMillis) {
        List<Output> out = new ArrayList<>();
        turns().refused(revision, code, text, time(nowMillis), out);
        return out;
    }

    /** Whether commits are under way, or turns wait for them. */
    public boolean isSettling() {
        return turns != null && !turns.isEmpty();
    }

    /** What the messages that wait and the turns under way need in memory, roughly. */
    public long turnBytes() {
        return turns == null ? 0 : turns.bytes();
    }

    /** Whether the turn of an answer has failed ({@link #answered}), and is to be tried again. */
    public boolean isRetryingAnswers() {
        return !answers.isEmpty();
    }

    /** Whether the leaving of this player is not decided yet, so that turns may still ask for what he has. */
    public boolean isLeaving(PlayerId who) {
        return turns().isUnderWay(
                        input -> input instanceof LeftInput left && left.who().equals(who));
    }

    /** Revision of the state that is durable; empty unless the room {@link #isOpen}. */
    public OptionalLong revision() {
        return isOpen() ? OptionalLong.of(turns().durableRevision()) : OptionalLong.empty();
    }

    /**
     * What there is of the room, for people who look after it.
     *
     * @throws IllegalStateException unless the room {@link #isOpen}
     */
    public RoomSummary summary() {
        MessageLite state = openState();
        TurnPipeline turns = turns();
        KeptRoom kept = turns.durable().kept();
        SortedMap<String, Long> dueMillis = new TreeMap<>();
        kept.getTimersList().forEach(timer -> dueMillis.put(timer.getName(), timer.getAtMs()));
        return new RoomSummary(
                turns.durableRevision(),
                state,
                kept.getState().size(),
                dueMillis,
                turns.commits().size(),
                turns.waiting().size(),
                kept.getSignalsCount(),
                kept.getCallsCount());
    }

    /**
     * What was recorded until now; without entries when the room is not recorded.
     *
     * @param about what the host knows
     */
    public RecordingFile recording(RecordingHeader.Builder about) {
        RecordingHeader header = about.setFormat(RecordingFile.FORMAT)
                .setRoom(context.room().name())
                .setGame(context.mint().name())
                .putAllSettings(context.settings())
                .setTurnsLeftOut(recorder.turnsLeftOut())
                .build();
        return new RecordingFile(header, recorder.entries());
    }

    private List<Output> turn(TurnInput input) {
        TurnPipeline turns = turns();
        turns.add(input);
        return run(turns);
    }

    private List<Output> run(TurnPipeline turns) {
        List<Output> out = new ArrayList<>();
        turns.run(nowMillis, out);
        return out;
    }

    private TurnPipeline turns() {
        if (turns == null) {
            throw new IllegalStateException("room " + context.room() + " has not begun");
        }
        return turns;
    }

    /** Clocks may go back, also between two servers; the time of a room does not. */
    private long time(long clockMillis) {
        nowMillis = Math.max(nowMillis, clockMillis);
        return nowMillis;
    }
}
