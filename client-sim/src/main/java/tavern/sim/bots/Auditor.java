package tavern.sim.bots;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.AuditResult;
import tavern.sim.audit.FeedCounts;
import tavern.sim.audit.KnownTrade;
import tavern.sim.audit.Stocktake;
import tavern.sim.audit.StoreAudit;
import tavern.sim.ledger.FeedAudit;
import tavern.sim.ledger.FeedLedger;
import tavern.sim.ledger.FeedResult;
import tavern.sim.ledger.LedgerConsumer;
import tavern.sim.oracle.Trade;

/**
 * Takes stock when the load is over and all bots have left: queries the server, then reads the feed and the store if
 * they are configured. Runs on the caller's thread and blocks it. Used once.
 */
final class Auditor {
    private static final int DIFFERENCES_MAX = 20;

    private final BotSettings settings;
    private final List<BotLoop> loops;
    private final @Nullable LedgerConsumer consumer;

    private final Map<String, Inventory> before = new LinkedHashMap<>();
    private final Map<String, Inventory> after = new LinkedHashMap<>();
    private final List<KnownTrade> known = new ArrayList<>();
    private final Set<KnownTrade> inStore = new HashSet<>();
    private final Set<KnownTrade> lost = new HashSet<>();
    private final List<String> ofGoods = new ArrayList<>();
    private final List<String> ofTrades = new ArrayList<>();
    private List<KnownTrade> published = List.of();
    private @Nullable FeedCounts feed;
    private long distinct;
    private long duplicated;

    Auditor(BotSettings settings, List<BotLoop> loops, @Nullable LedgerConsumer consumer) {
        this.settings = settings;
        this.loops = loops;
        this.consumer = consumer;
    }

    AuditResult run() throws InterruptedException, IOException {
        visit();
        Stocktake first = stock(before);
        Stocktake last = stock(after);
        ofGoods.addAll(last.differences(first));
        duplicated += last.duplicates();
        if (consumer != null) {
            readFeed(consumer);
        }
        if (settings.store() != null) {
            readStore(settings.store());
        }
        List<KnownTrade> acknowledged = acknowledged();
        acknowledged.stream().filter(trade -> !inStore.contains(trade)).forEach(lost::add);
        return new AuditResult(
                ofGoods.isEmpty(),
                first.counts(),
                last.counts(),
                acknowledged.size(),
                inStore.size(),
                feed == null ? null : distinct,
                lost.size(),
                duplicated,
                feed,
                Stream.concat(ofGoods.stream(), ofTrades.stream())
                        .limit(DIFFERENCES_MAX)
                        .toList());
    }

    private void visit() throws InterruptedException {
        Map<Bot, List<KnownTrade>> acknowledgedBy = new HashMap<>();
        for (BotLoop loop : loops) {
            for (Bot bot : loop.bots()) {
                List<KnownTrade> own = tradesOf(bot);
                known.addAll(own);
                acknowledgedBy.put(
                        bot, own.stream().filter(KnownTrade::isAcknowledged).toList());
            }
        }
        Map<String, Visit> visits = Visits.run(
                settings,
                loops,
                acknowledgedBy,
                seconds -> ofGoods.add("the audit took longer than " + seconds + " s"));
        for (Bot bot : acknowledgedBy.keySet()) {
            Visit visit = visits.get(bot.name());
            if (enter(before, bot.name(), bot.first(), "never logged in") && visit != null) {
                enter(after, bot.name(), visit.inventory(), "could not log in again");
                inStore.addAll(visit.confirmed());
                ofTrades.addAll(visit.differences());
            }
        }
    }

    private boolean enter(
            Map<String, Inventory> books, String player, @Nullable Inventory inventory, String otherwise) {
        if (inventory == null) {
            ofGoods.add(player + " " + otherwise);
            return false;
        }
        books.put(player, inventory);
        return true;
    }

    private void readFeed(LedgerConsumer from) throws InterruptedException {
        Set<KnownTrade.Key> expected = known.stream()
                .filter(KnownTrade::isCommitted)
                .map(KnownTrade::key)
                .collect(Collectors.toSet());
        FeedLedger ledger = from.drain(expected);
        FeedResult result = new FeedAudit(ledger, before, after).run(known);
        feed = result.counts();
        published = ledger.claims();
        distinct = result.published();
        duplicated += result.twice();
        lost.addAll(result.missing());
        ofTrades.addAll(result.ofTrades());
        ofGoods.addAll(result.ofGoods());
    }

    private void readStore(StoreAudit from) throws IOException {
        List<KnownTrade> acknowledged = acknowledged();
        Set<KnownTrade> claims = new LinkedHashSet<>(acknowledged);
        claims.addAll(published);
        StoreAudit.Result store = from.read(claims);
        ofGoods.addAll(store.contradictions());
        store.wrong().forEach((trade, problem) -> ofTrades.add(trade + ": " + problem));
        inStore.removeAll(store.wrong().keySet());
        duplicated += acknowledged.stream().filter(store.twice()::contains).count();
        if (feed != null) {
            feed = feed.plusForged(
                    published.stream().filter(store.wrong()::containsKey).count());
        }
    }

    private List<KnownTrade> acknowledged() {
        return known.stream().filter(KnownTrade::isAcknowledged).toList();
    }

    private static Stocktake stock(Map<String, Inventory> books) {
        Stocktake stock = new Stocktake();
        books.forEach(stock::add);
        return stock;
    }

    private static List<KnownTrade> tradesOf(Bot bot) {
        List<KnownTrade> own = new ArrayList<>();
        for (Trade trade : bot.room().trades().trades()) {
            if (trade.proposer() == bot.member() && !trade.isRefused()) {
                TradeOutcome outcome = trade.outcome();
                own.add(new KnownTrade(
                        trade.from(),
                        trade.offer(),
                        outcome == null ? TradeOutcome.TRADE_OUTCOME_UNSPECIFIED : outcome));
            }
        }
        return own;
    }
}
