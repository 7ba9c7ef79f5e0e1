package tavern.server.store;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;

/**
 * The one way in which goods change hands, are made, or are burnt: all of it happens, once, or none of it.
 *
 * <p>Not a record, because the ids of the server's own transactions are not for everybody: a game that used up the id of a
 * trade, a grant or a starter kit before its time would keep that from happening.
 */
public final class Transaction {
    public static final int LEGS_MAX = 64;
    public static final int GOODS_MAX = 256;
    public static final int PUTS_MAX = 64;
    public static final int EVENTS_MAX = 16;
    public static final int MEMO_BYTES_MAX = 64 * 1024;

    /** Memo, puts and events together. */
    public static final int BYTES_MAX = 256 * 1024;

    /** How far an id's own time may be ahead of the store's clock. */
    public static final long BORN_AHEAD_MILLIS_MAX = 15 * 60_000;

    private static final Set<String> OWN_KINDS =
            Set.of(TradeTransactions.KIND, GrantTransactions.KIND, GrantTransactions.STARTER_KIND, RoomTurn.KIND);

    private final TransactionId id;
    private final List<Leg> legs;
    private final List<Put> puts;
    private final List<OutboxEvent> events;
    private final @Nullable RoomFence fence;
    private final byte[] memo;
    private final boolean remembersRefusal;
    private final long atMillis;
    private final @Nullable RoomTurn turn;

    /** The owner of a room, for as long as no newer one has a larger fence. */
    public record RoomFence(RoomId room, long fence) {}

    /** The names of the outbox rows of this transaction: as that of the trade itself, if it is one. */
    public String messageId(int event) {
        String text = id.text();
        String name = id.kind().equals(TradeTransactions.KIND)
                ? text.substring(id.kind().length() + 1)
                : text;
        return event == 0 ? name : name + "#" + (event + 1);
    }

    /**
     * @param legs at most 64, with at most 256 goods (kinds and items) in sum; none for an outcome that is only to be
     *     remembered
     * @param events appended to the outbox in the same commit
     * @param fence the room on whose behalf it happens, and its owner's fence; null for none
     * @param memo what is remembered with the outcome, and returned to who repeats the id; not copied, and must not be
     *     changed
     * @param remembersRefusal whether the id is used up when goods are missing; otherwise it may be tried again
     * @throws IllegalArgumentException when the id has one of the kinds that only the server itself uses
     */
    public Transaction(
            TransactionId id,
            List<Leg> legs,
            List<Put> puts,
            List<OutboxEvent> events,
            @Nullable RoomFence fence,
            byte[] memo,
            boolean remembersRefusal,
            long atMillis) {
        this(id, legs, puts, events, fence, memo, remembersRefusal, atMillis, null, false);
    }

    private Transaction(
            TransactionId id,
            List<Leg> legs,
            List<Put> puts,
            List<OutboxEvent> events,
            @Nullable RoomFence fence,
            byte[] memo,
            boolean remembersRefusal,
            long atMillis,
            @Nullable RoomTurn turn,
            boolean isOwn) {
        if (isOwn(id) != isOwn) {
            throw new IllegalArgumentException(
                    "ids of the kinds " + OWN_KINDS + " are the server's own; " + id + " needs another kind");
        }
        this.id = id;
        this.legs = List.copyOf(legs);
        this.puts = List.copyOf(puts);
        this.events = List.copyOf(events);
        this.fence = fence;
        this.memo = memo;
        this.remembersRefusal = remembersRefusal;
        this.atMillis = atMillis;
        this.turn = turn;
    }

    /** Whether the id has a kind that only the server itself uses. */
    static boolean isOwn(TransactionId id) {
        return OWN_KINDS.contains(id.kind());
    }

    /** One of the server's own, whose id has a kind that others may not use. */
    static Transaction own(
            TransactionId id,
            List<Leg> legs,
            List<OutboxEvent> events,
            @Nullable RoomFence fence,
            byte[] memo,
            boolean remembersRefusal,
            long atMillis) {
        return new Transaction(id, legs, List.of(), events, fence, memo, remembersRefusal, atMillis, null, true);
    }

    /**
     * A turn of a room with a game. It happens only in its order ({@link RoomTurn}), which is why its outcome is not
     * remembered under its id: {@code turn:<room>:<fence>:<revision>}.
     *
     * @param fence of the room's owner, which must be the newest
     * @param legs between any accounts, none for a turn that moves no goods
     */
    public static Transaction turn(
            RoomTurn turn, long fence, List<Leg> legs, List<Put> puts, List<OutboxEvent> events, long atMillis) {
        return new Transaction(
                turn.id(fence),
                legs,
                puts,
                events,
                new RoomFence(turn.room(), fence),
                new byte[0],
                false,
                atMillis,
                turn,
                true);
    }

    public TransactionId id() {
        return id;
    }

    public List<Leg> legs() {
        return legs;
    }

    public List<Put> puts() {
        return puts;
    }

    public List<OutboxEvent> events() {
        return events;
    }

    public @Nullable RoomFence fence() {
        return fence;
    }

    public byte[] memo() {
        return memo;
    }

    public boolean remembersRefusal() {
        return remembersRefusal;
    }

    public long atMillis() {
        return atMillis;
    }

    /** The state of a room, which is kept in the same commit; null for none. */
    public @Nullable RoomTurn turn() {
        return turn;
    }

    @Override
    public String toString() {
        return "transaction " + id + " of " + legs + ", with " + puts.size() + " puts and " + events.size() + " events";
    }

    /** @param event null for none */
    public Transaction with(@Nullable OutboxEvent event) {
        return event == null
                ? this
                : new Transaction(
                        id, legs, puts, List.of(event), fence, memo, remembersRefusal, atMillis, turn, isOwn(id));
    }
}
