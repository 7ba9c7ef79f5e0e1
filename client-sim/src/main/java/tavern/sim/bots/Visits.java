package tavern.sim.bots;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import tavern.client.ClientSettings;
import tavern.sim.audit.KnownTrade;

/** Runs all bots' second logins, a few at a time. */
final class Visits {
    static final int SECONDS_MAX = 90;

    private static final int AT_ONCE = 32;

    private Visits() {}

    /**
     * Blocks until every visit is over, or the time is up.
     *
     * @param trades the trades that each bot verifies
     * @param late runs when the time is up
     * @return the visits by bot name
     */
    static Map<String, Visit> run(
            BotSettings settings, List<BotLoop> loops, Map<Bot, List<KnownTrade>> trades, Runnable late)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        Map<String, Visit> visits = new HashMap<>();
        List<CompletableFuture<Void>> ramps = new ArrayList<>();
        for (BotLoop loop : loops) {
            List<Supplier<CompletableFuture<Void>>> tasks = new ArrayList<>();
            for (Bot bot : loop.bots()) {
                ClientSettings login = ClientSettings.of(
                        settings.host(), settings.port(), settings.tokens().apply(bot.name()));
                List<KnownTrade> own = trades.getOrDefault(bot, List.of());
                Visit visit = new Visit(login, loop.loop(), bot.room().name(), own, deadline);
                visits.put(bot.name(), visit);
                tasks.add(visit::run);
            }
            ramps.add(Ramp.run(loop.loop(), tasks, AT_ONCE));
        }
        try {
            CompletableFuture.allOf(ramps.toArray(CompletableFuture[]::new)).get(SECONDS_MAX + 15, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            late.run();
        } catch (ExecutionException e) {
            throw new IllegalStateException("visits do not fail", e);
        }
        return visits;
    }
}
