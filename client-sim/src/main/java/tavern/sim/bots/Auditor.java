package tavern.sim.bots;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.AcknowledgedTrade;
import tavern.sim.audit.AuditResult;
import tavern.sim.audit.Stocktake;
import tavern.sim.audit.StoreAudit;
import tavern.sim.client.ClientSettings;
import tavern.sim.oracle.Trade;

/** Takes stock when the load is over and all bots have left. Runs on the caller's thread, which waits. */
final class Auditor {
    private static final int VISITS_AT_ONCE = 32;
    private static final int SECONDS_MAX = 90;
    private static final int DIFFERENCES_MAX = 20;

    private final BotSettings settings;
    private final List<BotLoop> loops;
    private final List<String> ofGoods = new ArrayList<>();
    private final List<String> ofTrades = new ArrayList<>();

    Auditor(BotSettings settings, List<BotLoop> loops) {
        this.settings = settings;
        this.loops = loops;
    }

    AuditResult run() throws InterruptedException, IOException {
        List<AcknowledgedTrade> acknowledged = new ArrayList<>();
        Map<String, Visit> visits = visits(acknowledged);
        Stocktake before = new Stocktake();
        Stocktake after = new Stocktake();
        long inStore = 0;
        for (BotLoop loop : loops) {
            for (Bot bot : loop.bots()) {
                count(before, bot.name(), bot.first(), "never logged in");
                Visit visit = visits.get(bot.name());
                if (visit != null && bot.first() != null) {
                    count(after, bot.name(), visit.inventory(), "could not log in again");
                    inStore += visit.confirmed();
                    ofTrades.addAll(visit.differences());
                }
            }
        }
        ofGoods.addAll(after.differences(before));
        long duplicated = after.duplicates();
        if (settings.store() != null) {
            StoreAudit.Result store = StoreAudit.read(settings.store(), acknowledged);
            ofGoods.addAll(store.contradictions());
            ofTrades.addAll(store.differences());
            inStore = Math.min(inStore, store.inStore());
            duplicated += store.twice();
        }
        return new AuditResult(
                ofGoods.isEmpty(),
                before.counts(),
                after.counts(),
                acknowledged.size(),
                inStore,
                null,
                acknowledged.size() - inStore,
                duplicated,
                Stream.concat(ofGoods.stream(), ofTrades.stream())
                        .limit(DIFFERENCES_MAX)
                        .toList());
    }

    private void count(Stocktake stock, String player, @Nullable Inventory inventory, String otherwise) {
        if (inventory == null) {
            ofGoods.add(player + " " + otherwise);
        } else {
            stock.add(player, inventory);
        }
    }

    private Map<String, Visit> visits(List<AcknowledgedTrade> acknowledged) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        Map<String, Visit> visits = new HashMap<>();
        List<CompletableFuture<Void>> ramps = new ArrayList<>();
        for (BotLoop loop : loops) {
            List<Supplier<CompletableFuture<Void>>> tasks = new ArrayList<>();
            for (Bot bot : loop.bots()) {
                List<AcknowledgedTrade> own = acknowledgedOf(bot);
                acknowledged.addAll(own);
                ClientSettings login = ClientSettings.of(
                        settings.host(), settings.port(), settings.tokens().apply(bot.name()));
                Visit visit = new Visit(login, loop.loop(), bot.room().name(), own, deadline);
                visits.put(bot.name(), visit);
                tasks.add(visit::run);
            }
            ramps.add(Ramp.run(loop.loop(), tasks, VISITS_AT_ONCE));
        }
        try {
            CompletableFuture.allOf(ramps.toArray(CompletableFuture[]::new)).get(SECONDS_MAX + 15, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            ofGoods.add("the audit took longer than " + SECONDS_MAX + " s");
        } catch (ExecutionException e) {
            throw new IllegalStateException("visits do not fail", e);
        }
        return visits;
    }

    private static List<AcknowledgedTrade> acknowledgedOf(Bot bot) {
        List<AcknowledgedTrade> own = new ArrayList<>();
        for (Trade trade : bot.room().trades().trades()) {
            TradeOutcome outcome = trade.outcome();
            if (trade.proposer() == bot.member() && outcome != null) {
                own.add(new AcknowledgedTrade(trade.from(), trade.offer(), outcome));
            }
        }
        return own;
    }
}
