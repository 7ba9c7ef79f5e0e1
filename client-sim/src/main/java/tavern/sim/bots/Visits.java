package tavern.sim.bots;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import tavern.client.ClientSettings;
import tavern.sim.audit.KnownTrade;

/** Runs all bots' second logins, a few at a time. */
final class Visits {
    private static final int SECONDS_MAX = 90;

    /** A server that answers fewer is too slow; {@code limits.rates.trades} allows 20 a second to each of those at once. */
    private static final int TRADES_PER_SECOND_MIN = 200;

    private static final int AT_ONCE = 32;

    private Visits() {}

    /**
     * Blocks until every visit is over, or the time is up, of which there is more the more trades there are.
     *
     * @param trades the trades that each bot verifies
     * @param late is told how many seconds the visits had when that time is up
     * @return the visits by bot name
     */
    static Map<String, Visit> run(
            BotSettings settings, List<BotLoop> loops, Map<Bot, List<KnownTrade>> trades, IntConsumer late)
            throws InterruptedException {
        int toVerify = trades.values().stream().mapToInt(List::size).sum();
        int secondsMax = SECONDS_MAX + toVerify / TRADES_PER_SECOND_MIN;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
        Map<String, Visit> visits = new HashMap<>();
        List<CompletableFuture<Void>> ramps = new ArrayList<>();
        for (BotLoop loop : loops) {
            List<Supplier<CompletableFuture<Void>>> tasks = new ArrayList<>();
            for (Bot bot : loop.bots()) {
                ClientSettings login = settings.login(bot.name(), visits.size());
                List<KnownTrade> own = trades.getOrDefault(bot, List.of());
                Visit visit = new Visit(login, loop.loop(), bot.room().name(), own, deadline);
                visits.put(bot.name(), visit);
                tasks.add(visit::run);
            }
            ramps.add(Ramp.run(loop.loop(), tasks, AT_ONCE));
        }
        try {
            CompletableFuture.allOf(ramps.toArray(CompletableFuture[]::new)).get(secondsMax + 15, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            late.accept(secondsMax);
        } catch (ExecutionException e) {
            throw new IllegalStateException("visits do not fail", e);
        }
        return visits;
    }
}
