package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.PlayerId;

/**
 * What operators give and take back, and what new players start with, as transactions with a mint. The memo of a grant is
 * its {@link Grant#contents}.
 */
public final class GrantTransactions {
    public static final String KIND = "grant";
    public static final String STARTER_KIND = "starter";

    private GrantTransactions() {}

    public static TransactionId id(String reference) {
        return TransactionId.undated(KIND + ":" + reference);
    }

    /** @throws IllegalArgumentException when more is to be taken back than anybody can have */
    public static Transaction of(PlayerId player, Grant grant, String reference, long nowMillis) {
        SortedMap<String, Long> given = new TreeMap<>();
        SortedMap<String, Long> taken = new TreeMap<>();
        grant.stacks().forEach((kind, delta) -> {
            if (delta == Long.MIN_VALUE) {
                throw new IllegalArgumentException("cannot be done to player " + player + ": nobody has "
                        + Long.toUnsignedString(delta) + " " + kind);
            }
            if (delta != 0) {
                (delta > 0 ? given : taken).put(kind, Math.abs(delta));
            }
        });
        List<Leg> legs = new ArrayList<>(2);
        if (!given.isEmpty() || !grant.newItems().isEmpty()) {
            legs.add(new Leg(Mint.OPS, player, new Goods(given, Goods.NONE.items()), grant.newItems()));
        }
        if (!taken.isEmpty() || !grant.removedItems().isEmpty()) {
            legs.add(new Leg(player, Mint.OPS, new Goods(taken, grant.removedItems()), List.of()));
        }
        byte[] memo = grant.contents(player).getBytes(UTF_8);
        return Transaction.own(id(reference), legs, List.of(), null, memo, false, nowMillis);
    }

    /**
     * The kit of a player who has just been created, and for whom nobody else can ask.
     *
     * @param player or what stands for a player whose number only the store knows
     * @param event published unless the kit is empty; null for none
     */
    public static Transaction starter(
            AccountId player, Goods stacks, List<String> items, @Nullable OutboxEvent event, long nowMillis) {
        SortedMap<String, Long> counts = new TreeMap<>(stacks.stacks());
        counts.values().removeIf(count -> count == 0);
        Goods goods = new Goods(counts, Goods.NONE.items());
        boolean isEmpty = goods.isEmpty() && items.isEmpty();
        List<Leg> legs = isEmpty ? List.of() : List.of(new Leg(Mint.STARTER, player, goods, items));
        return Transaction.own(
                TransactionId.undated(STARTER_KIND + ":" + player),
                legs,
                isEmpty || event == null ? List.of() : List.of(event),
                null,
                new byte[0],
                false,
                nowMillis);
    }

    /** The grant that was made under the reference; a refused one is not remembered. */
    public static GrantRecord record(TransactionResult made) {
        return new GrantRecord(new String(made.memo(), UTF_8), made.atMillis());
    }

    /**
     * What whoever asked for the grant is told.
     *
     * @throws IllegalArgumentException when the grant could not be made, or the reference was used before for another
     *     player or other goods
     */
    public static GrantAnswer answer(PlayerId player, Grant grant, String reference, TransactionResult result) {
        Refusal refusal = result.refusal();
        if (refusal != null) {
            throw new IllegalArgumentException("cannot be done to player " + player + ": " + refusal.text());
        }
        GrantRecord made = record(result);
        if (result.isRepeat() && !made.contents().equals(grant.contents(player))) {
            throw made.reused(reference);
        }
        return new GrantAnswer(result.changes().get(player), result.atMillis());
    }
}
