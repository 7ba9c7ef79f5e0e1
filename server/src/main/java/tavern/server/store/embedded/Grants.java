package tavern.server.store.embedded;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import tavern.server.game.Goods;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.store.Grant;
import tavern.server.store.PlayerRecord;

/** Goods that come out of the mint or go back to it: grants, and the kit of new players. */
final class Grants {
    private final Accounts accounts;
    private final Ledger ledger;
    private final PreparedStatement findReference;
    private final PreparedStatement insertReference;
    private final PreparedStatement insertItem;

    Grants(Connection connection, Accounts accounts, Ledger ledger) throws SQLException {
        this.accounts = accounts;
        this.ledger = ledger;
        findReference = connection.prepareStatement("SELECT 1 FROM grant_reference WHERE reference = ?");
        insertReference = connection.prepareStatement(
                "INSERT INTO grant_reference (reference, at_ms) VALUES (?, ?) RETURNING number");
        insertItem = connection.prepareStatement("INSERT INTO item (kind, owner) VALUES (?, ?) RETURNING id");
    }

    PlayerRecord openPlayer(String name, Goods kitStacks, List<String> kitItems, long nowMillis)
            throws SQLException, Refusal {
        Account known = accounts.find(name);
        if (known != null) {
            return known.stored();
        }
        for (Map.Entry<String, Long> stack : kitStacks.stacks().entrySet()) {
            if (stack.getValue() < 0) {
                throw Refusal.illegal("a kit cannot take: " + stack);
            }
        }
        Account account = accounts.create(name, nowMillis);
        Grant kit = new Grant(kitStacks.stacks(), kitItems, Goods.NONE.items());
        carryOut(account, kit, "starter:" + account.id(), nowMillis);
        return account.stored();
    }

    Inventory grant(PlayerId player, Grant grant, String reference, long nowMillis) throws SQLException, Refusal {
        Account account = accounts.require(player);
        if (!isDone(reference)) {
            check(account, grant);
            carryOut(account, grant, reference, nowMillis);
        }
        return account.inventory();
    }

    private boolean isDone(String reference) throws SQLException {
        findReference.setString(1, reference);
        try (ResultSet rows = findReference.executeQuery()) {
            return rows.next();
        }
    }

    private static void check(Account account, Grant grant) throws Refusal {
        List<String> obstacles = new ArrayList<>();
        grant.stacks().forEach((kind, delta) -> {
            long count = account.count(kind);
            if (delta < 0 && count + delta < 0) {
                obstacles.add(delta + " " + kind + " of " + count);
            } else if (delta > Long.MAX_VALUE - count) {
                obstacles.add("+" + delta + " " + kind + " to " + count + " is more than a count can hold");
            }
        });
        for (long item : grant.removedItems()) {
            if (!account.owns(item)) {
                obstacles.add("item " + item + " is not there");
            }
        }
        if (!obstacles.isEmpty()) {
            throw Refusal.illegal("cannot be done to player " + account.id() + ": " + String.join(", ", obstacles));
        }
    }

    private void carryOut(Account account, Grant grant, String reference, long nowMillis) throws SQLException {
        long number = number(reference, nowMillis);
        SortedMap<String, Long> changes = giveStacks(account, grant.stacks());
        ledger.grant(number, account.id(), changes, makeItems(account, grant.newItems()));
        ledger.takeBack(number, account.id(), removeItems(account, grant.removedItems()));
        account.grow();
        accounts.changed(account);
    }

    private long number(String reference, long nowMillis) throws SQLException {
        insertReference.setString(1, reference);
        insertReference.setLong(2, nowMillis);
        try (ResultSet row = insertReference.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static SortedMap<String, Long> giveStacks(Account account, SortedMap<String, Long> stacks) {
        SortedMap<String, Long> changes = new TreeMap<>(stacks);
        changes.values().removeIf(delta -> delta == 0);
        changes.forEach(account::add);
        return changes;
    }

    private SortedMap<Long, String> makeItems(Account account, List<String> kinds) throws SQLException {
        SortedMap<Long, String> made = new TreeMap<>();
        for (String kind : kinds) {
            insertItem.setString(1, kind);
            insertItem.setLong(2, account.id());
            try (ResultSet rows = insertItem.executeQuery()) {
                rows.next();
                made.put(rows.getLong(1), kind);
            }
        }
        made.forEach(account::putItem);
        return made;
    }

    private SortedMap<Long, String> removeItems(Account account, SortedSet<Long> ids) throws SQLException {
        SortedMap<Long, String> removed = account.take(new Goods(new TreeMap<>(), ids));
        accounts.setOwner(ids, Ledger.MINT);
        return removed;
    }
}
