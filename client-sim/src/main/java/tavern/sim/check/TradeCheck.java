package tavern.sim.check;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.KnownTrade;
import tavern.sim.audit.Stocktake;
import tavern.sim.audit.StoreAudit;
import tavern.sim.ledger.FeedAudit;
import tavern.sim.ledger.FeedLedger;
import tavern.sim.ledger.FeedResult;

/**
 * Trades that were acknowledged are in the store and, if they moved goods, in the queue, each carried out once; and all goods
 * are there.
 */
final class TradeCheck {
    private final BotLogs logs;
    private final RealmEntries realm;
    private final Findings findings;
    private final List<KnownTrade> all = new ArrayList<>();

    TradeCheck(BotLogs logs, RealmEntries realm, Findings findings) {
        this.logs = logs;
        this.realm = realm;
        this.findings = findings;
    }

    void run(StoreAudit store, FeedLedger queue) throws IOException {
        checkOutcomes();
        checkLedger();
        checkGoods();
        checkStore(store);
        checkQueue(queue);
    }

    private void checkOutcomes() {
        for (BotLogs.Deal deal : logs.deals()) {
            Set<String> outcomes = new HashSet<>(deal.outcomeByBot.values());
            if (deal.to.isEmpty()) {
                findings.fault("an outcome of a trade that nobody offered", deal + ": " + outcomes);
                continue;
            }
            if (outcomes.size() > 1 || outcomes.stream().anyMatch(outcome -> outcome.contains(" and "))) {
                findings.fault("two outcomes of one trade", deal + ": " + deal.outcomeByBot);
                continue;
            }
            TradeOutcome outcome = outcomes.isEmpty()
                    ? TradeOutcome.TRADE_OUTCOME_UNSPECIFIED
                    : TradeOutcome.valueOf(outcomes.iterator().next());
            all.add(new KnownTrade(deal.from, offer(deal), outcome));
            findings.count(outcomes.isEmpty() ? "offers of unknown outcome" : "trades acknowledged", 1);
        }
    }

    /** The trades of which somebody was told that they were carried out. */
    static Set<KnownTrade.Key> committed(BotLogs logs) {
        Set<KnownTrade.Key> keys = new HashSet<>();
        for (BotLogs.Deal deal : logs.deals()) {
            if (deal.outcomeByBot.containsValue(TradeOutcome.COMMITTED.name())) {
                keys.add(new KnownTrade.Key(deal.from, offer(deal).getTradeId()));
            }
        }
        return keys;
    }

    private static TradeOffer offer(BotLogs.Deal deal) {
        UUID id = UUID.fromString(deal.id);
        ByteBuffer bytes =
                ByteBuffer.allocate(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return TradeOffer.newBuilder()
                .setTradeId(ByteString.copyFrom(bytes.flip()))
                .setTo(deal.to)
                .setGive(LoggedGoods.goods(deal.give))
                .setWant(LoggedGoods.goods(deal.want))
                .build();
    }

    /** Each committed trade is one entry of the ledger, whoever has been told. */
    private void checkLedger() {
        Map<String, Integer> times = new HashMap<>();
        realm.entries().forEach(entry -> times.merge(entry.id(), 1, Integer::sum));
        times.forEach((id, n) -> {
            if (n > 1) {
                findings.fault("goods that moved twice", id + ": " + n + " times");
            }
        });
        for (BotLogs.Deal deal : logs.deals()) {
            String entry = "trade:" + realm.idsByName().get(deal.from) + "-" + deal.id;
            boolean isTold = deal.outcomeByBot.containsValue(TradeOutcome.COMMITTED.name());
            if (isTold && !times.containsKey(entry)) {
                findings.fault("an acknowledged trade that is lost", deal.toString());
            }
        }
        findings.count("entries in the ledger", realm.entries().size());
    }

    /** What all had before they traded is what all have now. */
    private void checkGoods() {
        Stocktake before = new Stocktake();
        Stocktake after = new Stocktake();
        logs.firstGoods().forEach((bot, words) -> {
            before.add(bot, LoggedGoods.inventory(words));
            String now = realm.goodsByName().get(bot);
            if (now == null) {
                findings.fault("a player who is lost", bot);
            } else {
                after.add(bot, LoggedGoods.inventory(now));
            }
        });
        after.differences(before).forEach(difference -> findings.fault("goods that are not conserved", difference));
        findings.count("players", logs.firstGoods().size());
    }

    private void checkStore(StoreAudit store) throws IOException {
        List<KnownTrade> acknowledged =
                all.stream().filter(KnownTrade::isAcknowledged).toList();
        StoreAudit.Result result = store.read(acknowledged);
        result.contradictions().forEach(text -> findings.fault("a contradiction in the store", text));
        result.wrong()
                .forEach((trade, problem) ->
                        findings.fault("a trade that the store has otherwise", trade + ": " + problem));
    }

    private void checkQueue(FeedLedger queue) {
        Map<String, Inventory> before = new LinkedHashMap<>();
        Map<String, Inventory> after = new LinkedHashMap<>();
        logs.firstGoods().forEach((bot, words) -> before.put(bot, LoggedGoods.inventory(words)));
        realm.goodsByName().forEach((bot, words) -> after.put(bot, LoggedGoods.inventory(words)));
        FeedResult result = new FeedAudit(queue, before, after).run(all);
        result.ofTrades().forEach(text -> findings.fault("a trade and the queue differ", text));
        result.ofGoods().forEach(text -> findings.fault("goods and the queue differ", text));
        if (result.counts().unreadable() > 0) {
            findings.fault(
                    "messages that nobody can read",
                    String.valueOf(result.counts().unreadable()));
        }
        findings.count("trades in the queue", result.published());
        findings.count("messages that came again", result.counts().repeated());
    }
}
