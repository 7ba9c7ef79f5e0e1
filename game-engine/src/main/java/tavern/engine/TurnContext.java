package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Board;
import tavern.game.Goods;
import tavern.game.Kept;
import tavern.game.Mint;
import tavern.game.Names;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.protocol.v1.ErrorCode;

/** One call of the game: collects what the turn does, and checks it. Changes nothing outside itself. */
final class TurnContext implements Turn<MessageLite> {
    /**
     * The room after a turn, and what follows from it.
     *
     * @param needsCommit whether any of it has to be durable
     */
    record Result(RoomState next, TurnEffects effects, boolean needsCommit) {}

    private record ValueKey(PlayerId holder, String key) {}

    /** A game that catches it gains nothing: the turn is computed again. */
    private static final class NotYetException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotYetException() {
            super("waits for a commit", null, false, false);
        }
    }

    private final RoomContext context;
    private final RoomState base;
    private final SeenGoods pending;
    private final ReadGoods read;
    private final long nowMillis;
    private final SplitMix64 random;
    private final KeptDraft draft;
    private final TurnGoods goods = new TurnGoods();
    private final Map<ValueKey, Commit.Value> values = new LinkedHashMap<>();
    private final List<Commit.Event> events = new ArrayList<>();
    private final List<Commit.Score> scores = new ArrayList<>();
    private final Set<Commit.Seen> seen = new LinkedHashSet<>();
    private final List<Output> told = new ArrayList<>();
    private final List<Output> sent = new ArrayList<>();
    private long toldBytes;
    private long writtenBytes;
    private long sentBytes;
    private boolean mustWait;
    private boolean isOver;

    TurnContext(RoomContext context, RoomState base, SeenGoods pending, ReadGoods read, long nowMillis) {
        this.context = context;
        this.base = base;
        this.pending = pending;
        this.read = read;
        this.nowMillis = nowMillis;
        this.random = new SplitMix64(base.kept().getRandom());
        this.draft = new KeptDraft(base);
    }

    /** The part of the turn that is the engine's own. */
    KeptDraft draft() {
        return draft;
    }

    /** Whether the turn writes what a commit under way writes too, whose version is not known before it is decided. */
    boolean mustWait() {
        return mustWait;
    }

    /** The game has returned its next state. Throws what ends the turn. */
    @SuppressWarnings("ReferenceEquality") // A room that is the same as before is the same object.
    Result end(MessageLite next) {
        if (mustWait) {
            throw new NotYetException();
        }
        List<Commit.Transfer> transfers = goods.transfers();
        transfers.forEach(this::requireThere);
        RoomState state =
                draft.end(next, random.state(), nowMillis, context.limits().stateBytesMax());
        TurnEffects effects = new TurnEffects(
                told,
                sent,
                transfers,
                goods.itemMoves(),
                List.copyOf(values.values()),
                events,
                scores,
                List.copyOf(seen),
                bytes());
        return new Result(state, effects, state != base || effects.needsCommit());
    }

    private long bytes() {
        return toldBytes + writtenBytes + sentBytes;
    }

    /** Found here, missing goods cost nothing; found by the store, all turns behind this one have to be computed again. */
    private void requireThere(Commit.Transfer transfer) {
        if (transfer.from() instanceof PlayerId giver) {
            Present.Member member = draft.present().find(giver);
            if (member != null) {
                transfer.goods().stacks().keySet().forEach(kind -> requireThere(member, kind));
            }
        }
    }

    private void requireThere(Present.Member member, String kind) {
        long given = goods.given(member.player().id(), kind);
        if (pending.count(member.player().id(), member.goods(), kind) < given) {
            throw new RefusedException(
                    ErrorCode.TRADE_INSUFFICIENT, member.player().name() + " does not have " + given + " " + kind);
        }
    }

    void close() {
        isOver = true;
        random.end();
    }

    private void requireOpen() {
        if (isOver) {
            throw new IllegalStateException("the call of the game that this turn was for is over");
        }
    }

    /** What is durable of somebody who is present, or was read. */
    private MemberGoods goods(AccountId who) {
        requireOpen();
        Present.Member member = who instanceof PlayerId player ? draft.present().find(player) : null;
        return member == null ? account(who).goods() : member.goods();
    }

    private ReadGoods.Account account(AccountId who) {
        ReadGoods.Account account = read.accounts().get(who);
        if (account == null) {
            throw new IllegalArgumentException(
                    (who instanceof PlayerId ? "player " + who : who) + " is not present, and was not asked for");
        }
        return account;
    }

    /** Whoever is not present may have changed by the time of the commit, and nobody here would hear of it. */
    private MemberGoods seen(AccountId who) {
        MemberGoods goods = goods(who);
        if (!isPresent(who)) {
            see(new Commit.Seen(who, "", account(who).version()));
        }
        return goods;
    }

    private void see(Commit.Seen version) {
        if (!seen.contains(version)) {
            Bounds.require("versions seen in a turn", seen.size() + 1L, EngineLimits.SEEN_MAX);
            seen.add(version);
        }
    }

    private boolean isPresent(AccountId who) {
        return who instanceof PlayerId player && draft.present().find(player) != null;
    }

    @Override
    public RoomId room() {
        requireOpen();
        return context.room();
    }

    @Override
    public Map<String, String> settings() {
        requireOpen();
        return context.settings();
    }

    @Override
    public long now() {
        requireOpen();
        return nowMillis;
    }

    @Override
    public RandomGenerator random() {
        requireOpen();
        return random;
    }

    @Override
    public List<Player> present() {
        requireOpen();
        return draft.present().players();
    }

    @Override
    public long count(AccountId who, String kind) {
        return Math.addExact(pending.count(who, seen(who), kind), goods.change(who, kind));
    }

    @Override
    public Map<Long, String> items(AccountId who) {
        return Collections.unmodifiableMap(pending.items(who, seen(who), goods.itemMoves()));
    }

    @Override
    public Optional<Player> named(String name) {
        requireOpen();
        return Optional.ofNullable(read.players().get(name));
    }

    @Override
    public Kept kept(PlayerId who, String key) {
        Kept durable = pending.durable(who, goods(who), requireKey(key));
        if (!isPresent(who)) {
            see(new Commit.Seen(who, key, durable.version()));
        }
        Commit.Value written = values.get(new ValueKey(who, key));
        if (written == null) {
            written = pending.value(who, key);
        }
        return written == null ? durable : new Kept(written.value(), written.seenVersion());
    }

    private String requireKey(String key) {
        if (!context.keeps().contains(key)) {
            throw new IllegalArgumentException("the game's type does not declare that it keeps " + key);
        }
        return key;
    }

    @Override
    public void tell(Player who, MessageLite what) {
        told.add(new Output.Tell(who.id(), bytesToTell(what)));
    }

    @Override
    public void tellAll(MessageLite what) {
        told.add(new Output.TellAll(bytesToTell(what), null));
    }

    @Override
    public void tellExcept(Player who, MessageLite what) {
        told.add(new Output.TellAll(bytesToTell(what), who.id()));
    }

    private ByteString bytesToTell(MessageLite what) {
        requireOpen();
        toldBytes += what.getSerializedSize();
        Bounds.require("bytes told in a turn", toldBytes, context.limits().toldBytesMax());
        return what.toByteString();
    }

    @Override
    public void give(AccountId to, String kind, long count) {
        requireOpen();
        goods.move(context.mint(), noMint(to), kind, count);
    }

    @Override
    public void take(AccountId from, String kind, long count) {
        requireOpen();
        goods.move(noMint(from), context.mint(), kind, count);
    }

    @Override
    public void mint(AccountId to, String kind) {
        requireOpen();
        goods.make(context.mint(), noMint(to), kind);
    }

    @Override
    public void burn(AccountId from, long item) {
        requireOpen();
        move(noMint(from), context.mint(), item);
    }

    @Override
    public void move(AccountId from, AccountId to, Goods what) {
        requireOpen();
        noMint(from);
        noMint(to);
        what.stacks().forEach((kind, count) -> goods.move(from, to, kind, count));
        what.items().forEach(item -> move(from, to, item));
    }

    private static AccountId noMint(AccountId account) {
        if (account instanceof Mint) {
            throw new IllegalArgumentException("a game cannot name a mint, as it has its own: " + account);
        }
        return account;
    }

    private void move(AccountId from, AccountId to, long item) {
        TurnGoods.ItemMove before = goods.moved(item);
        String kind = before == null ? kind(from, item) : before.kind();
        goods.move(from, to, item, kind);
    }

    /**
     * Returns null where it is not known.
     *
     * @throws RefusedException when somebody present does not have the item
     */
    private @Nullable String kind(AccountId from, long item) {
        Present.Member member =
                from instanceof PlayerId player ? draft.present().find(player) : null;
        if (member == null) {
            return null;
        }
        String kind = pending.kind(member.player().id(), member.goods(), item);
        if (kind == null && !pending.brings(member.player().id(), item)) {
            throw new RefusedException(
                    ErrorCode.TRADE_INSUFFICIENT, member.player().name() + " does not have item " + item);
        }
        return kind;
    }

    @Override
    public void put(PlayerId who, String key, MessageLite value) {
        Kept durable = pending.durable(who, goods(who), requireKey(key));
        if (pending.value(who, key) != null) {
            mustWait = true;
            throw new NotYetException();
        }
        ByteString bytes = value.toByteString();
        Bounds.require("bytes in value " + key, bytes.size(), EngineLimits.VALUE_BYTES_MAX);
        written(bytes);
        values.put(new ValueKey(who, key), new Commit.Value(who, key, bytes, durable.version()));
        Bounds.require("values written in a turn", values.size(), EngineLimits.PUTS_MAX);
    }

    @Override
    public void score(String board, PlayerId who, long points) {
        requireOpen();
        if (points < -Board.POINTS_MAX || points > Board.POINTS_MAX) {
            throw new IllegalArgumentException("not points that can be counted: " + points);
        }
        Bounds.require("scores in a turn", scores.size() + 1L, EngineLimits.SCORES_MAX);
        scores.add(new Commit.Score(board(board), who, points));
    }

    private Board board(String name) {
        for (Board board : context.boards()) {
            if (board.name().equals(name)) {
                return board;
            }
        }
        throw new IllegalArgumentException("the game's type does not declare a leaderboard " + name);
    }

    @Override
    public void publish(String event, MessageLite body) {
        requireOpen();
        if (!Names.isEvent(event)) {
            throw new IllegalArgumentException("not the name of an event: " + event);
        }
        Bounds.require("events published in a turn", events.size() + 1L, EngineLimits.EVENTS_MAX);
        ByteString bytes = body.toByteString();
        written(bytes);
        events.add(new Commit.Event(event, bytes));
    }

    private void written(ByteString bytes) {
        writtenBytes += bytes.size();
        Bounds.require("bytes of values and events in a turn", writtenBytes, EngineLimits.WRITTEN_BYTES_MAX);
    }

    @Override
    public void timer(String name, long atMillis) {
        requireOpen();
        // Not at once, so that a timer that always sets itself again lets the time pass.
        draft.set(name, Math.max(atMillis, nowMillis + 1));
    }

    @Override
    public void stop(String name) {
        requireOpen();
        draft.stop(name);
    }

    @Override
    public void signal(RoomId to, ByteString what) {
        requireOpen();
        sent.add(new Output.Signal(to, draft.send(to, what), what));
        sentBytes += what.size();
    }

    @Override
    public void call(String service, String call, MessageLite request) {
        requireOpen();
        if (!Names.isService(service)) {
            throw new IllegalArgumentException("not the name of a service: " + service);
        }
        if (!Names.isCall(call)) {
            throw new IllegalArgumentException("not the name of a call: " + call);
        }
        ByteString bytes = request.toByteString();
        sent.add(new Output.Call(service, call, draft.call(service, call, bytes, nowMillis), bytes));
        sentBytes += bytes.size();
    }

    @Override
    public void send(Player who, RoomId to, ByteString ticket) {
        requireOpen();
        sent.add(new Output.Send(who, to, Objects.requireNonNull(ticket, "ticket")));
        sentBytes += ticket.size();
    }

    @Override
    public void putOut(Player who, ErrorCode code, String text) {
        requireOpen();
        sent.add(new Output.PutOut(who.id(), code, Objects.requireNonNull(text, "text")));
        sentBytes += text.length();
    }
}
