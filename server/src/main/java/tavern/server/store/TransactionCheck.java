package tavern.server.store;

import java.util.HashSet;
import java.util.Set;
import tavern.game.Mint;
import tavern.game.Names;

/** What makes a transaction malformed, whatever the store holds. */
final class TransactionCheck {
    private static final int ID_CHARACTERS_MAX = 200;

    private final Transaction transaction;

    private TransactionCheck(Transaction transaction) {
        this.transaction = transaction;
    }

    /** @throws IllegalArgumentException when it is malformed; names the leg */
    static void require(Transaction transaction) {
        TransactionCheck check = new TransactionCheck(transaction);
        check.id(transaction.id());
        check.legs();
        check.puts();
        check.atMost("events", transaction.events().size(), Transaction.EVENTS_MAX);
        check.atMost("bytes of memo", transaction.memo().length, Transaction.MEMO_BYTES_MAX);
        check.size();
        RoomTurn turn = transaction.turn();
        String fault = turn == null ? "" : turn.fault();
        check.require(fault.isEmpty(), fault);
    }

    private void id(TransactionId id) {
        atMost("characters in its id", id.text().length(), ID_CHARACTERS_MAX);
        require(!id.text().isEmpty() && id.text().chars().allMatch(c -> c > ' ' && c < 127), "its id is not of ASCII");
        require(id.text().indexOf(':') > 0, "its id has no kind before a colon");
        // Message ids must differ: that of a trade has no colon, and later events have their number after a #. A trade
        // and a grant have one event, and operators choose references with any character.
        require(Transaction.isOwn(id) || id.text().indexOf('#') < 0, "its id has a #");
    }

    private void legs() {
        atMost("legs", transaction.legs().size(), Transaction.LEGS_MAX);
        Set<Long> items = new HashSet<>();
        int goods = 0;
        for (int i = 0; i < transaction.legs().size(); i++) {
            Leg leg = transaction.legs().get(i);
            String name = "leg " + i;
            require(!leg.from().equals(leg.to()), name + " goes from " + leg.from() + " to itself");
            boolean fromMint = leg.from() instanceof Mint;
            require(!fromMint || !(leg.to() instanceof Mint), name + " goes from a mint to a mint");
            require(fromMint || leg.made().isEmpty(), name + " makes items, which only a mint can");
            require(!fromMint || leg.goods().items().isEmpty(), name + " takes an item out of a mint, which has none");
            for (var stack : leg.goods().stacks().entrySet()) {
                require(Names.isKind(stack.getKey()), name + " has goods of no kind: " + stack.getKey());
                require(stack.getValue() > 0, name + " moves " + stack.getValue() + " " + stack.getKey());
            }
            for (long item : leg.goods().items()) {
                require(item > 0, name + " has an item " + item);
                require(items.add(item), name + " has item " + item + ", as another leg has");
            }
            for (String kind : leg.made()) {
                require(Names.isKind(kind), name + " makes an item of no kind: " + kind);
            }
            int size = leg.goods().stacks().size()
                    + leg.goods().items().size()
                    + leg.made().size();
            require(size > 0, name + " moves nothing");
            goods += size;
        }
        atMost("goods in all legs", goods, Transaction.GOODS_MAX);
    }

    private void puts() {
        atMost("puts", transaction.puts().size(), Transaction.PUTS_MAX);
        Set<Object> written = new HashSet<>();
        for (int i = 0; i < transaction.puts().size(); i++) {
            Put put = transaction.puts().get(i);
            String name = "put " + i;
            require(Names.isValueKey(put.key()), name + " has no valid key: " + put.key());
            require(put.seenVersion() >= 0, name + " has seen version " + put.seenVersion());
            atMost("bytes in " + name, put.value().length, Put.VALUE_BYTES_MAX);
            require(
                    written.add(new PlayerKey(put.holder().value(), put.key())),
                    name + " writes " + put.key() + " of player " + put.holder() + " again");
        }
    }

    /** What one transaction writes must fit the writer's memory and the store's script a thousand times over. */
    private void size() {
        long bytes = transaction.memo().length;
        for (Put put : transaction.puts()) {
            bytes += put.value().length;
        }
        for (OutboxEvent event : transaction.events()) {
            atMost("characters in a routing key", event.routingKey().length(), OutboxEvent.ROUTING_KEY_MAX);
            bytes += event.routingKey().length() + event.body().length;
        }
        require(
                bytes <= Transaction.BYTES_MAX,
                bytes + " bytes in memo, puts and events together, of at most " + Transaction.BYTES_MAX);
    }

    private record PlayerKey(long player, String key) {}

    private void atMost(String what, int count, int max) {
        require(count <= max, count + " " + what + ", of at most " + max);
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            String id = transaction.id().text();
            String shown = id.length() > ID_CHARACTERS_MAX ? id.substring(0, ID_CHARACTERS_MAX) + "…" : id;
            throw new IllegalArgumentException("transaction " + shown + " is malformed: " + problem);
        }
    }
}
