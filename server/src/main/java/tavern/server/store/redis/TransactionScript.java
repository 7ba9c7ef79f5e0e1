package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tavern.game.AccountId;
import tavern.game.Goods;
import tavern.server.game.GoodsChange;
import tavern.server.store.ForeignValueException;
import tavern.server.store.Leg;
import tavern.server.store.OutboxBound;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutcomeForgottenException;
import tavern.server.store.Put;
import tavern.server.store.RoomTurn;
import tavern.server.store.Seen;
import tavern.server.store.StaleFenceException;
import tavern.server.store.StoreUnavailableException;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionPlan;
import tavern.server.store.TransactionPlan.Flow;
import tavern.server.store.TransactionPlan.MovedItem;
import tavern.server.store.TransactionPlan.Party;
import tavern.server.store.TransactionResult;

/** Builds the call of the script that carries out transactions, and reads its reply. */
final class TransactionScript {
    private static final int STALE_FENCE = -1;
    private static final int FORGOTTEN = -2;
    private static final int OUTBOX_FULL = -3;
    private static final int REPEAT = 0;
    private static final int REFUSED = 1;

    private final Keys keys;
    private final String announcer;
    private final OutboxBound outbox;

    /** @param announcer this server's name in messages about changes; empty to publish none */
    TransactionScript(Keys keys, String announcer, OutboxBound outbox) {
        this.keys = keys;
        this.announcer = announcer;
        this.outbox = outbox;
    }

    /** The script for the transaction; {@link #request(TransactionPlan)} is for {@link Script#TRANSACT}. */
    static Script script(Transaction transaction) {
        boolean isPlain = transaction.legs().isEmpty()
                && transaction.puts().isEmpty()
                && transaction.events().isEmpty();
        RoomTurn turn = transaction.turn();
        return turn != null && isPlain && turn.scores().isEmpty() && turn.seen().isEmpty()
                ? Script.TURN
                : Script.TRANSACT;
    }

    ScriptArguments request(TransactionPlan plan) {
        Transaction transaction = plan.transaction();
        RoomTurn turn = transaction.turn();
        if (turn == null) {
            return wholeRequest(plan);
        }
        ScriptArguments request = wholeRequest(plan).key(keys.game(turn.room())).key(keys.dueRooms());
        turn.scores().forEach(score -> BoardRecords.append(request, score));
        for (Seen seen : turn.seen()) {
            request.add(name(seen.account())).add(seen.key()).add(seen.version());
        }
        return addTurn(request, turn);
    }

    /** For {@link Script#TURN}. */
    ScriptArguments request(TurnChain chain) {
        RoomTurn last = chain.turn();
        ScriptArguments request = ScriptArguments.of(
                        keys.fence(last.room()), keys.game(last.room()), keys.dueRooms(), keys.meta())
                .add(Long.toString(chain.fence()))
                .add(last.room().name())
                .add(chain.atMillis());
        addTurn(request, last);
        chain.revisionsBefore().forEach(request::add);
        return request;
    }

    /** Names what was written for good, if anything was. */
    ReplicaAcks.@Nullable Written evidence(TurnChain chain, ScriptReply reply) {
        return evidence(chain.turn(), chain.fence(), reply);
    }

    private ReplicaAcks.@Nullable Written evidence(RoomTurn turn, long fence, ScriptReply reply) {
        long what = reply.number(0);
        return what == REPEAT || what > REFUSED ? keys.evidence(turn, fence) : null;
    }

    List<TransactionResult> read(ScriptReply reply, TurnChain chain) throws StaleFenceException {
        if (reply.number(0) == STALE_FENCE) {
            throw new StaleFenceException(chain.turn().room(), chain.fence(), reply.number(1));
        }
        return chain.results(reply.number(1));
    }

    private static ScriptArguments addTurn(ScriptArguments request, RoomTurn turn) {
        return request.add(turn.type())
                .add(turn.follows())
                .add(turn.revision())
                .add(turn.dueMillis() == RoomTurn.NEVER ? "" : Long.toString(turn.dueMillis()))
                .add(turn.state());
    }

    private static String fence(Transaction transaction) {
        Transaction.RoomFence fence = transaction.fence();
        return fence == null ? "" : Long.toString(fence.fence());
    }

    private ScriptArguments wholeRequest(TransactionPlan plan) {
        Transaction transaction = plan.transaction();
        Transaction.RoomFence fence = transaction.fence();
        RoomTurn turn = transaction.turn();
        String legs = legs(transaction.legs());
        ScriptArguments request = ScriptArguments.of(
                        fence == null ? keys.ledger() : keys.fence(fence.room()),
                        keys.outcomes(transaction.id()),
                        keys.ledger(),
                        keys.outbox())
                .add(keys.prefix())
                .add(transaction.id().text())
                .add(transaction.id().bornMillis())
                .add(fence(transaction))
                .add(fence == null ? "" : fence.room().name())
                .add(transaction.atMillis())
                .add(transaction.memo())
                .add(transaction.remembersRefusal() ? "1" : "")
                .add(legs)
                .add(outbox.rowsMax())
                .add(announcer);
        int made = 0;
        for (Leg leg : transaction.legs()) {
            made += leg.made().size();
        }
        request.add(new byte[] {
                    (byte) plan.accounts().size(),
                    (byte) (made >> 8),
                    (byte) made,
                    (byte) transaction.puts().size(),
                    (byte) transaction.events().size(),
                    (byte) (turn == null ? 0 : turn.scores().size()),
                    (byte) (turn == null ? 0 : turn.seen().size())
                })
                .add(OutcomeText.field(transaction.id()));
        addAccounts(request, plan);
        for (Put put : transaction.puts()) {
            request.add(put.holder().value())
                    .add(put.key())
                    .add(put.seenVersion())
                    .add(put.value());
        }
        for (int i = 0; i < transaction.events().size(); i++) {
            OutboxEvent event = transaction.events().get(i);
            String messageId = transaction.messageId(i);
            outbox.appending(messageId, event, i == 0 ? legs.length() : 0);
            request.add(messageId).add(event.routingKey()).add(event.body());
        }
        return request;
    }

    /**
     * The legs as the ledger has them ({@link tavern.server.store.LegsText}), with names instead of the numbers of named
     * accounts, and without the kinds of items and the ids of new ones, which the script fills in.
     */
    static String legs(List<Leg> legs) {
        StringBuilder text = new StringBuilder(64);
        for (Leg leg : legs) {
            text.append(text.isEmpty() ? "" : ";");
            append(text, name(leg.from()), name(leg.to()), leg.goods(), leg.made());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String from, String to, Goods goods, List<String> made) {
        text.append(from).append('>').append(to);
        int start = text.length();
        goods.stacks()
                .forEach((kind, count) ->
                        text.append(',').append(kind).append('=').append((long) count));
        goods.items().forEach(id -> text.append(",#").append((long) id));
        made.forEach(kind -> text.append(",+").append(kind));
        text.setCharAt(start, '|');
    }

    private static String name(AccountId account) {
        return account.toString();
    }

    private static void addAccounts(ScriptArguments request, TransactionPlan plan) {
        Map<AccountId, Integer> positions = positions(plan);
        Map<AccountId, List<MovedItem>> given = itemsByGiver(plan);
        for (Party party : plan.accounts()) {
            List<Flow> flows = party.flows();
            List<MovedItem> items = given.getOrDefault(party.id(), List.of());
            request.add(name(party.id())).add(new byte[] {
                (byte) (flows.size() >> 8), (byte) flows.size(), (byte) (items.size() >> 8), (byte) items.size()
            });
            flows.forEach(flow -> request.add(PlayerHash.STACK + flow.kind()));
            items.forEach(moved -> request.add(PlayerHash.ITEM + moved.item()));
            flows.forEach(flow -> request.add(flow.given()));
            flows.forEach(flow -> request.add(flow.received()));
            items.forEach(moved -> request.add(positions.getOrDefault(moved.to(), 0)));
        }
        for (Leg leg : plan.transaction().legs()) {
            for (String kind : leg.made()) {
                request.add(kind).add(positions.getOrDefault(leg.to(), 0));
            }
        }
    }

    /** Of the accounts, from 1; none if no item goes to any. */
    private static Map<AccountId, Integer> positions(TransactionPlan plan) {
        if (plan.items().isEmpty()
                && plan.transaction().legs().stream().allMatch(leg -> leg.made().isEmpty())) {
            return Map.of();
        }
        Map<AccountId, Integer> positions = new HashMap<>();
        for (Party party : plan.accounts()) {
            positions.put(party.id(), positions.size() + 1);
        }
        return positions;
    }

    private static Map<AccountId, List<MovedItem>> itemsByGiver(TransactionPlan plan) {
        if (plan.items().isEmpty()) {
            return Map.of();
        }
        Map<AccountId, List<MovedItem>> given = new HashMap<>();
        for (MovedItem moved : plan.items()) {
            given.computeIfAbsent(moved.from(), giver -> new ArrayList<>()).add(moved);
        }
        return given;
    }

    /** Names what was written for good, if anything was. */
    ReplicaAcks.@Nullable Written evidence(Transaction transaction, ScriptReply reply) {
        long what = reply.number(0);
        RoomTurn turn = transaction.turn();
        Transaction.RoomFence fence = transaction.fence();
        if (turn != null && fence != null) {
            return evidence(turn, fence.fence(), reply);
        }
        boolean isRemembered = what == REFUSED ? reply.number(2) == 1 : what >= 0;
        // What an earlier version of the server has remembered was written long ago.
        return isRemembered && !isEarlier(reply) ? keys.evidence(transaction.id()) : null;
    }

    private static boolean isEarlier(ScriptReply reply) {
        return reply.number(0) == REPEAT && reply.size() == 3;
    }

    /** @param rows receives the number of rows in the outbox */
    TransactionResult read(ScriptReply reply, TransactionPlan plan, LongConsumer rows)
            throws StaleFenceException, StoreUnavailableException, OutcomeForgottenException {
        Transaction transaction = plan.transaction();
        switch ((int) reply.number(0)) {
            case STALE_FENCE:
                throw stale(transaction.fence(), reply.number(1));
            case FORGOTTEN:
                throw new OutcomeForgottenException(transaction.id(), reply.number(1));
            case OUTBOX_FULL:
                rows.accept(reply.number(1));
                throw outbox.full(reply.number(1));
            case REPEAT:
                return isEarlier(reply)
                        ? OutcomeText.earlier(transaction.id(), reply.text(2), reply.text(1))
                        : OutcomeText.parse(transaction.id(), reply.bytes(1), true);
            case REFUSED:
                return OutcomeText.parse(transaction.id(), reply.bytes(1), false);
            default:
                if (!transaction.events().isEmpty()) {
                    rows.accept(reply.number(1));
                }
                return new TransactionResult(
                        transaction.id(),
                        null,
                        false,
                        transaction.memo(),
                        transaction.atMillis(),
                        new ChangesReader(reply, plan).changes());
        }
    }

    private static StaleFenceException stale(Transaction.@Nullable RoomFence fence, long newest) {
        if (fence == null) {
            throw new ForeignValueException("unexpected answer about a fence");
        }
        return new StaleFenceException(fence.room(), fence.fence(), newest);
    }

    /** Puts together what the transaction says and what only Redis knew. */
    private static final class ChangesReader {
        private final ScriptReply reply;
        private final TransactionPlan plan;
        private final Map<AccountId, SortedMap<Long, String>> itemsIn = new HashMap<>();
        private final Map<AccountId, SortedSet<Long>> itemsOut = new HashMap<>();
        private int next = 3;

        ChangesReader(ScriptReply reply, TransactionPlan plan) {
            this.reply = reply;
            this.plan = plan;
        }

        Map<AccountId, GoodsChange> changes() {
            int counts = next;
            for (Party party : plan.accounts()) {
                next += 1 + party.flows().size();
            }
            readItems();
            next = counts;
            Map<AccountId, GoodsChange> changes = new HashMap<>();
            for (Party party : plan.accounts()) {
                long version = reply.number(next++);
                SortedMap<String, Long> after = new TreeMap<>();
                for (Flow flow : party.flows()) {
                    long count = reply.number(next++);
                    if (flow.given() != flow.received()) {
                        after.put(flow.kind(), count);
                    }
                }
                changes.put(
                        party.id(),
                        new GoodsChange(
                                version,
                                after,
                                itemsIn.getOrDefault(party.id(), Collections.emptySortedMap()),
                                itemsOut.getOrDefault(party.id(), Collections.emptySortedSet())));
            }
            return changes;
        }

        private void readItems() {
            Map<AccountId, List<MovedItem>> given = itemsByGiver(plan);
            for (Party party : plan.accounts()) {
                for (MovedItem moved : given.getOrDefault(party.id(), List.of())) {
                    itemsOut.computeIfAbsent(moved.from(), giver -> new TreeSet<>())
                            .add(moved.item());
                    receive(moved.to(), moved.item(), reply.text(next++));
                }
            }
            long made = reply.number(2);
            for (Leg leg : plan.transaction().legs()) {
                for (String kind : leg.made()) {
                    receive(leg.to(), made++, kind);
                }
            }
        }

        private void receive(AccountId receiver, long item, String kind) {
            itemsIn.computeIfAbsent(receiver, account -> new TreeMap<>()).put(item, kind);
        }
    }
}
