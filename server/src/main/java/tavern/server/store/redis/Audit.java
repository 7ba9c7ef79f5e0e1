package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import tavern.server.game.Inventory;
import tavern.server.game.PlayerId;
import tavern.server.store.Admission;
import tavern.server.store.Conservation;
import tavern.server.store.GoodsText;

/**
 * Compares what players own with what the ledger says. The ledger is read in pages, then one player after the other;
 * only what each should own is kept in memory.
 */
final class Audit {
    private static final int PAGE = 1000;
    private static final int PAGE_OF_PLAYERS = 64;
    private static final int DIFFERENCES_MAX = 100;
    private static final long MINT = 0;

    private final Calls calls;
    private final Keys keys;
    private final Map<Long, Map<String, Long>> stacks = new HashMap<>();
    private final Map<Long, Map<Long, String>> items = new HashMap<>();
    private final List<String> differences = new ArrayList<>();
    private final CompletableFuture<Conservation> answer = new CompletableFuture<>();
    private long entries;
    private long trades;

    Audit(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    /** An audit waits in a line of its own: it asks for more at a time than the store may be set to. */
    static Admission admission() {
        return new Admission(PAGE_OF_PLAYERS, "wait");
    }

    CompletionStage<Conservation> run() {
        readLedger("-");
        return answer;
    }

    private void readLedger(String from) {
        Request request =
                Request.of(keys.ledger()).add(from).add("+").add("COUNT").add(PAGE);
        then(calls.send(CommandType.XRANGE, request, reply -> bookAll(reply)), last -> {
            if (last.isEmpty()) {
                then(
                        calls.send(
                                CommandType.HGET,
                                Request.of(keys.meta()).add("player"),
                                reply -> reply.isNull(0) ? 0 : reply.number(0)),
                        players -> readPlayers(1, players));
            } else {
                readLedger("(" + last);
            }
        });
    }

    /** Gives the last entry's id; empty when there were none. */
    private String bookAll(Reply page) {
        String last = "";
        for (int i = 0; i < page.size(); i++) {
            last = page.list(i).text(0);
            book(last, page.list(i).list(1));
        }
        return last;
    }

    private void book(String id, Reply entry) {
        if (entry.size() != 12) {
            throw new ForeignValueException("entry " + id + " is not one of ours");
        }
        entries++;
        String name = entry.text(1);
        trades += name.startsWith("trade:") ? 1 : 0;
        long account = entry.number(3);
        long other = entry.number(5);
        GoodsText gave = entry.goods(7);
        GoodsText got = entry.goods(9);
        // Both give before either receives: a count may pass its limit in between only.
        add(name, account, gave.stacks(), -1);
        add(name, other, got.stacks(), -1);
        add(name, account, got.stacks(), 1);
        add(name, other, gave.stacks(), 1);
        hand(name, account, other, gave.items());
        hand(name, other, account, got.items());
    }

    private void add(String entry, long account, Map<String, Long> counts, int sign) {
        if (account == MINT) {
            return;
        }
        Map<String, Long> held = stacks.computeIfAbsent(account, id -> new HashMap<>());
        counts.forEach((kind, count) -> {
            long before = held.getOrDefault(kind, 0L);
            long after = before + sign * count;
            if (count < 0 || after < 0) {
                differ("entry " + entry + " leaves player " + account + " with " + before + " "
                        + (sign < 0 ? "less " : "and ") + count + " " + kind);
            }
            held.put(kind, after);
        });
    }

    private void hand(String entry, long from, long to, Map<Long, String> handed) {
        handed.forEach((item, kind) -> {
            String known =
                    from == MINT ? kind : items.getOrDefault(from, Map.of()).get(item);
            if (known == null) {
                differ("entry " + entry + " takes item " + item + " from " + from + ", who has not got it");
                return;
            }
            if (from != MINT) {
                items.getOrDefault(from, Map.of()).remove(item);
            }
            if (to != MINT) {
                items.computeIfAbsent(to, id -> new HashMap<>()).put(item, known);
            }
        });
    }

    private void readPlayers(long first, long last) {
        List<CompletableFuture<Void>> page = new ArrayList<>();
        long next = first;
        for (; next <= last && page.size() < PAGE_OF_PLAYERS; next++) {
            PlayerId id = new PlayerId(next);
            page.add(calls.send(CommandType.HGETALL, Request.of(keys.player(id)), reply -> {
                        compare(id, reply);
                        return Calls.DONE;
                    })
                    .toCompletableFuture());
        }
        long following = next;
        then(CompletableFuture.allOf(page.toArray(CompletableFuture[]::new)), done -> {
            if (following <= last) {
                readPlayers(following, last);
            } else {
                finish(last);
            }
        });
    }

    private void compare(PlayerId id, Reply hash) {
        Map<String, Long> booked = stacks.getOrDefault(id.value(), new HashMap<>());
        Map<Long, String> bookedItems = items.getOrDefault(id.value(), new HashMap<>());
        stacks.remove(id.value());
        items.remove(id.value());
        booked.values().removeIf(count -> count == 0);
        Inventory owned =
                hash.size() == 0 ? Inventory.EMPTY : PlayerHash.parse(hash).inventory();
        if (hash.size() == 0) {
            differ("player " + id + " is missing");
        }
        Set<String> kinds = new TreeSet<>(booked.keySet());
        kinds.addAll(owned.stacks().keySet());
        for (String kind : kinds) {
            long count = owned.count(kind);
            long says = booked.getOrDefault(kind, 0L);
            if (count != says) {
                differ("player " + id + " has " + count + " " + kind + ", the ledger says " + says);
            }
        }
        Set<Long> ids = new TreeSet<>(bookedItems.keySet());
        ids.addAll(owned.items().keySet());
        for (Long item : ids) {
            String kind = owned.items().get(item);
            if (!Objects.equals(kind, bookedItems.get(item))) {
                differ("player " + id + " has item " + item + " as " + kind + ", the ledger says "
                        + bookedItems.get(item));
            }
        }
    }

    private void finish(long players) {
        stacks.keySet().forEach(id -> differ("the ledger knows player " + id + ", who does not exist"));
        items.keySet().forEach(id -> differ("the ledger knows player " + id + ", who does not exist"));
        answer.complete(new Conservation(players, trades, entries, List.copyOf(differences)));
    }

    private void differ(String difference) {
        if (differences.size() < DIFFERENCES_MAX) {
            differences.add(difference);
        }
    }

    private <T> void then(CompletionStage<T> stage, Consumer<T> next) {
        stage.whenComplete((value, failure) -> {
            if (failure == null) {
                next.accept(value);
            } else {
                answer.completeExceptionally(failure);
            }
        });
    }
}
