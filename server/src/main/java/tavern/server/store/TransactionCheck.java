package tavern.server.store;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
        check.bytes();
        RoomTurn turn = transaction.turn();
        String fault = turn == null ? "" : turn.fault();
        check.require(fault.isEmpty(), fault);
    }

    private void id(TransactionId id) {
        atMost("characters in its id", id.text().length(), ID_CHARACTERS_MAX);
        require(isPrintable(id.text()), "its id is not of ASCII");
        require(id.text().indexOf(':') > 0, "its id has no kind before a colon");
        // Message ids must differ: that of a trade has no colon, and later events have their number after a #. A trade
        // and a grant have one event, and operators choose references with any character.
        require(Transaction.isOwn(id) || id.text().indexOf('#') < 0, "its id has a #");
    }

    private static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 127) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private void legs() {
        atMost("legs", transaction.legs().size(), Transaction.LEGS_MAX);
        Set<Long> items = new HashSet<>();
        int goods = 0;
        for (int i = 0; i < transaction.legs().size(); i++) {
            Leg leg = transaction.legs().get(i);
            String fault = fault(leg, items);
            if (fault != null) {
                throw malformed("leg " + i + " " + fault);
            }
            goods += goods(leg);
        }
        atMost("goods in all legs", goods, Transaction.GOODS_MAX);
    }

    /** @param items those of the legs before, to which this one's are added */
    private static @Nullable String fault(Leg leg, Set<Long> items) {
        boolean fromMint = leg.from() instanceof Mint;
        if (leg.from().equals(leg.to())) {
            return "goes from " + leg.from() + " to itself";
        }
        if (fromMint && leg.to() instanceof Mint) {
            return "goes from a mint to a mint";
        }
        if (!fromMint && !leg.made().isEmpty()) {
            return "makes items, which only a mint can";
        }
        if (fromMint && !leg.goods().items().isEmpty()) {
            return "takes an item out of a mint, which has none";
        }
        for (var stack : leg.goods().stacks().entrySet()) {
            if (!Names.isKind(stack.getKey())) {
                return "has goods of no kind: " + stack.getKey();
            }
            if (stack.getValue() <= 0) {
                return "moves " + stack.getValue() + " " + stack.getKey();
            }
        }
        for (long item : leg.goods().items()) {
            if (item <= 0) {
                return "has an item " + item;
            }
            if (!items.add(item)) {
                return "has item " + item + ", as another leg has";
            }
        }
        for (String kind : leg.made()) {
            if (!Names.isKind(kind)) {
                return "makes an item of no kind: " + kind;
            }
        }
        return goods(leg) == 0 ? "moves nothing" : null;
    }

    private static int goods(Leg leg) {
        return leg.goods().stacks().size()
                + leg.goods().items().size()
                + leg.made().size();
    }

    private void puts() {
        atMost("puts", transaction.puts().size(), Transaction.PUTS_MAX);
        Set<Object> written = new HashSet<>();
        for (int i = 0; i < transaction.puts().size(); i++) {
            String fault = fault(transaction.puts().get(i), written);
            if (fault != null) {
                throw malformed("put " + i + " " + fault);
            }
        }
    }

    /** @param written what the puts before write, to which this one's is added */
    private static @Nullable String fault(Put put, Set<Object> written) {
        if (!Names.isValueKey(put.key())) {
            return "has no valid key: " + put.key();
        }
        if (put.seenVersion() < 0) {
            return "has seen version " + put.seenVersion();
        }
        if (put.value().length > Put.VALUE_BYTES_MAX) {
            return "has " + put.value().length + " bytes, of at most " + Put.VALUE_BYTES_MAX;
        }
        return written.add(new PlayerKey(put.holder().value(), put.key()))
                ? null
                : "writes " + put.key() + " of player " + put.holder() + " again";
    }

    /** What one transaction writes must fit the writer's memory and the store's script a thousand times over. */
    private void bytes() {
        long bytes = transaction.memo().length;
        for (Put put : transaction.puts()) {
            bytes += put.value().length;
        }
        for (OutboxEvent event : transaction.events()) {
            atMost("characters in a routing key", event.routingKey().length(), OutboxEvent.ROUTING_KEY_MAX);
            bytes += event.routingKey().length() + event.body().length;
        }
        if (bytes > Transaction.BYTES_MAX) {
            throw malformed(bytes + " bytes in memo, puts and events together, of at most " + Transaction.BYTES_MAX);
        }
    }

    private record PlayerKey(long player, String key) {}

    private void atMost(String what, int count, int max) {
        if (count > max) {
            throw malformed(count + " " + what + ", of at most " + max);
        }
    }

    private void require(boolean holds, String problem) {
        if (!holds) {
            throw malformed(problem);
        }
    }

    private IllegalArgumentException malformed(String problem) {
        String id = transaction.id().text();
        String shown = id.length() > ID_CHARACTERS_MAX ? id.substring(0, ID_CHARACTERS_MAX) + "…" : id;
        return new IllegalArgumentException("transaction " + shown + " is malformed: " + problem);
    }
}
