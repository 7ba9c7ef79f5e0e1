package tavern.server.store.redis;

import java.util.SortedMap;
import java.util.TreeMap;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.store.ForeignValueException;
import tavern.server.store.PlayerRecord;

/** A player's hash: {@code name version banned muted message}, {@code s:<kind>} and {@code i:<item>}. */
final class PlayerHash {
    static final String STACK = "s:";
    static final String ITEM = "i:";

    private final SortedMap<String, Long> stacks = new TreeMap<>();
    private final SortedMap<Long, String> items = new TreeMap<>();
    private String name = "";
    private String message = "";
    private long version;
    private long bannedUntilMillis;
    private long mutedUntilMillis;

    private PlayerHash() {}

    /** @param hash field, value, field, value … */
    static PlayerHash parse(ScriptReply hash) {
        PlayerHash player = new PlayerHash();
        for (int i = 0; i < hash.size(); i += 2) {
            player.put(hash.text(i), hash.text(i + 1));
        }
        return player;
    }

    /** Whether nothing has happened since the player was created. */
    static boolean isNew(ScriptReply hash) {
        for (int i = 0; i < hash.size(); i += 2) {
            if (hash.text(i).equals("version")) {
                return hash.text(i + 1).equals("1");
            }
        }
        return false;
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
                case "message" -> message = value;
                // Earlier versions of the server stored the operators' own reason for a ban, which players are not
                // told.
                case "reason" -> {}
                default -> throw new ForeignValueException("a player has no field " + field);
            }
        }
    }

    Inventory inventory() {
        return new Inventory(stacks, items, version);
    }

    PlayerRecord record(PlayerId id) {
        return new PlayerRecord(new Player(id, name), inventory(), bannedUntilMillis, mutedUntilMillis, message);
    }
}
