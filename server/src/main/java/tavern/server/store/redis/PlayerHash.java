package tavern.server.store.redis;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import tavern.server.game.Inventory;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.Terms;
import tavern.server.store.PlayerRecord;

/** A player's hash: {@code name version banned muted reason}, {@code s:<kind>} and {@code i:<item>}. */
final class PlayerHash {
    static final String STACK = "s:";
    static final String ITEM = "i:";

    private final SortedMap<String, Long> stacks = new TreeMap<>();
    private final SortedMap<Long, String> items = new TreeMap<>();
    private String name = "";
    private String reason = "";
    private long version;
    private long bannedUntilMillis;
    private long mutedUntilMillis;

    private PlayerHash() {}

    /** @param hash field, value, field, value … */
    static PlayerHash parse(Reply hash) {
        PlayerHash player = new PlayerHash();
        for (int i = 0; i < hash.size(); i += 2) {
            player.put(hash.text(i), hash.text(i + 1));
        }
        return player;
    }

    private void put(String field, String value) {
        if (field.startsWith(STACK)) {
            stacks.put(field.substring(STACK.length()), Decimal.whole(value));
        } else if (field.startsWith(ITEM)) {
            items.put(Decimal.parse(field.substring(ITEM.length())), value);
        } else {
            switch (field) {
                case "name" -> name = value;
                case "version" -> version = Decimal.whole(value);
                case "banned" -> bannedUntilMillis = Decimal.parse(value);
                case "muted" -> mutedUntilMillis = Decimal.parse(value);
                case "reason" -> reason = value;
                default -> throw new ForeignValueException("a player has no field " + field);
            }
        }
    }

    Inventory inventory() {
        return new Inventory(stacks, items, version);
    }

    /** Hands goods over, both ways, as the script has done with what stands here. */
    static void exchange(PlayerHash proposer, PlayerHash partner, Terms terms) {
        // Both give before either receives: a count may pass its limit in between only.
        proposer.add(terms.give().stacks(), -1);
        partner.add(terms.want().stacks(), -1);
        proposer.add(terms.want().stacks(), 1);
        partner.add(terms.give().stacks(), 1);
        proposer.hand(terms.give().items(), partner);
        partner.hand(terms.want().items(), proposer);
        proposer.version++;
        partner.version++;
    }

    private void add(SortedMap<String, Long> counts, int sign) {
        counts.forEach((kind, count) -> {
            long sum = Math.addExact(stacks.getOrDefault(kind, 0L), sign * count);
            if (sum == 0) {
                stacks.remove(kind);
            } else {
                stacks.put(kind, sum);
            }
        });
    }

    private void hand(SortedSet<Long> ids, PlayerHash to) {
        for (Long id : ids) {
            String kind = items.remove(id);
            if (kind != null) {
                to.items.put(id, kind);
            }
        }
    }

    PlayerRecord record(PlayerId id) {
        return new PlayerRecord(new Player(id, name), inventory(), bannedUntilMillis, mutedUntilMillis, reason);
    }
}
