package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;

/** A transaction that a test puts together. */
public final class TransactionDraft {
    private TransactionId id;
    private final List<Leg> legs = new ArrayList<>();
    private final List<Put> puts = new ArrayList<>();
    private final List<OutboxEvent> events = new ArrayList<>();
    private Transaction.@Nullable RoomFence fence;
    private byte[] memo = new byte[0];
    private boolean remembersRefusal;
    private long atMillis = Realm.NOW;

    private TransactionDraft(TransactionId id) {
        this.id = id;
    }

    public static TransactionDraft transaction(String id) {
        return transaction(TransactionId.undated(id));
    }

    public static TransactionDraft transaction(TransactionId id) {
        return new TransactionDraft(id);
    }

    /** An id of this time, the same for the same text; 0 for an id without a time. */
    public static TransactionId id(String text, long bornMillis) {
        if (bornMillis == 0) {
            return TransactionId.undated(text);
        }
        int colon = text.indexOf(':');
        String kind = colon < 0 ? "test" : text.substring(0, colon);
        return TransactionId.dated(kind, text.substring(colon + 1), UuidV7.of(bornMillis, text.hashCode()));
    }

    /**
     * Three parties, two mints and a new item: gold goes from one player to another, one piece of it on to a guild and one
     * to a mint, and a key comes into being.
     */
    public static TransactionDraft craft(TransactionId id, Player crafter, Player helper, long gold) {
        return transaction(id)
                .leg(crafter.id(), helper.id(), Goods.of("gold", gold))
                .leg(helper.id(), new NamedAccount("guild:7"), Goods.of("gold", 1))
                .leg(crafter.id(), new Mint("forge"), Goods.of("gold", 1))
                .leg(new Mint("shop"), crafter.id(), Goods.of("pearl", 1), "key");
    }

    /** The id with a time that has this text. */
    public static TransactionId datedId(String text) {
        int colon = text.indexOf(':');
        int dash = text.indexOf('-', colon);
        return TransactionId.dated(
                text.substring(0, colon), text.substring(colon + 1, dash), UUID.fromString(text.substring(dash + 1)));
    }

    /** A UUIDv7 of this time; the same for the same number. */
    public static UUID uuidOf(long millis, long number) {
        long mixed = number * 0x9e3779b97f4a7c15L;
        return new UUID(millis << 16 | 0x7000 | (mixed >>> 52), 0x8000000000000000L | (mixed & 0x3fffffffffffffffL));
    }

    public TransactionDraft born(long millis) {
        id = id(id.text(), millis);
        return this;
    }

    public TransactionDraft leg(AccountId from, AccountId to, Goods goods, String... made) {
        legs.add(new Leg(from, to, goods, List.of(made)));
        return this;
    }

    /** @param value empty to remove it */
    public TransactionDraft put(PlayerId holder, String key, String value, long seenVersion) {
        puts.add(new Put(holder, key, value.getBytes(UTF_8), seenVersion));
        return this;
    }

    public TransactionDraft event(OutboxEvent event) {
        events.add(event);
        return this;
    }

    public TransactionDraft fence(RoomId room, long number) {
        fence = new Transaction.RoomFence(room, number);
        return this;
    }

    public TransactionDraft memo(String text) {
        return memoBytes(text.getBytes(UTF_8));
    }

    public TransactionDraft memoBytes(byte[] bytes) {
        memo = bytes;
        return this;
    }

    public TransactionDraft remembersRefusal() {
        remembersRefusal = true;
        return this;
    }

    public TransactionDraft at(long millis) {
        atMillis = millis;
        return this;
    }

    public Transaction build() {
        return new Transaction(id, legs, puts, events, fence, memo, remembersRefusal, atMillis);
    }

    @Override
    public String toString() {
        String text = id.text();
        return text.length() > 20 ? text.substring(0, 20) : text;
    }
}
