package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Inventory;
import tavern.server.store.EntriesRemovedException;
import tavern.server.store.ForeignValueException;
import tavern.server.store.GoodsText;
import tavern.server.store.Holdings;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerLeg;
import tavern.server.store.LegsText;

/**
 * The ledger and the resulting holdings, page by page. An entry's position is its id in the stream. Entries have one of
 * two forms, told apart by their first field: {@code id}, or {@code entry} if a server of schema 1 wrote it.
 */
final class LedgerPages {
    private static final String GRANT = "grant:";
    /** Operators may have made grants of other references that begin so. */
    private static final Pattern STARTER = Pattern.compile("starter:[0-9]+");

    private static final int FIELDS = 10;
    private static final int FIELDS_OF_SCHEMA_1 = 12;

    private final RedisExecutor calls;
    private final Keys keys;

    LedgerPages(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<List<LedgerEntry>> after(String position, int max) {
        ScriptArguments request = ScriptArguments.of(keys.ledger(), keys.segments(), keys.meta())
                .add(position)
                .add(max)
                .add(keys.prefix());
        return calls.run(Script.LEDGER, request, reply -> {
            String removedThrough = reply.text(0);
            if (!removedThrough.isEmpty()) {
                throw new EntriesRemovedException(position, removedThrough);
            }
            List<LedgerEntry> entries = new ArrayList<>(reply.size());
            for (int i = 1; i < reply.size(); i++) {
                entries.add(entry(reply.list(i)));
            }
            return entries;
        });
    }

    private static LedgerEntry entry(ScriptReply entry) {
        String position = entry.text(0);
        ScriptReply fields = entry.list(1);
        SortedMap<Long, String> names = new TreeMap<>();
        ScriptReply accounts = entry.list(2);
        for (int i = 0; i < accounts.size(); i += 2) {
            names.put(accounts.number(i), accounts.text(i + 1));
        }
        try {
            return switch (fields.text(0)) {
                case "id" -> entry(position, fields, names);
                case "entry" -> entryOfSchema1(position, fields, names);
                default -> throw foreign(position);
            };
        } catch (IllegalArgumentException e) {
            throw foreign(position);
        }
    }

    private static ForeignValueException foreign(String position) {
        return new ForeignValueException("entry " + position + " is not one of ours");
    }

    private static LedgerEntry entry(String position, ScriptReply fields, SortedMap<Long, String> names) {
        if (fields.size() != FIELDS) {
            throw foreign(position);
        }
        String room = fields.text(3);
        return new LedgerEntry(
                position,
                fields.text(1),
                room.isEmpty() ? null : new RoomId(room),
                room.isEmpty() ? 0 : fields.number(5),
                fields.number(7),
                LegsText.parse(fields.text(9)),
                names);
    }

    /** Without the room of a trade, which is only known until the trade's outcome is forgotten: an entry never changes. */
    private static LedgerEntry entryOfSchema1(String position, ScriptReply fields, SortedMap<Long, String> names) {
        if (fields.size() != FIELDS_OF_SCHEMA_1) {
            throw foreign(position);
        }
        String name = fields.text(1);
        AccountId account = new PlayerId(fields.number(3));
        long other = fields.number(5);
        GoodsText gave = fields.goods(7);
        GoodsText got = fields.goods(9);
        boolean isStarter = name.startsWith(GRANT)
                && STARTER.matcher(name.substring(GRANT.length())).matches();
        String id = isStarter ? name.substring(GRANT.length()) : name;
        boolean isTrade = other != 0;
        AccountId partner = isTrade ? new PlayerId(other) : isStarter ? Mint.STARTER : Mint.OPS;
        return new LedgerEntry(
                position,
                id,
                null,
                0,
                fields.number(11),
                Stream.of(leg(account, partner, gave, false), leg(partner, account, got, !isTrade))
                        .filter(leg -> !leg.stacks().isEmpty()
                                || !leg.items().isEmpty()
                                || !leg.made().isEmpty())
                        .toList(),
                names);
    }

    private static LedgerLeg leg(AccountId from, AccountId to, GoodsText goods, boolean isMade) {
        SortedMap<Long, String> none = new TreeMap<>();
        return new LedgerLeg(from, to, goods.stacks(), isMade ? none : goods.items(), isMade ? goods.items() : none);
    }

    CompletionStage<Holdings> holdings(long after, int max) {
        ScriptArguments request = ScriptArguments.of(keys.ledger(), keys.meta())
                .add(after)
                .add(max)
                .add(keys.players());
        return calls.run(Script.HOLDINGS, request, reply -> holdings(after, reply));
    }

    private Holdings holdings(long after, ScriptReply reply) {
        SortedMap<PlayerId, Inventory> inventories = new TreeMap<>();
        List<String> unreadable = new ArrayList<>();
        long id = after;
        for (int i = 2; i < reply.size(); i++) {
            PlayerId player = new PlayerId(++id);
            ScriptReply hash = reply.list(i);
            try {
                if (hash.size() > 0) {
                    inventories.put(player, PlayerHash.parse(hash).inventory());
                }
            } catch (ForeignValueException e) {
                unreadable.add(keys.player(player) + ": " + e.getMessage());
            }
        }
        boolean isLast = id >= reply.number(1);
        return new Holdings(reply.text(0), isLast ? Long.MAX_VALUE : id, isLast, inventories, unreadable);
    }
}
