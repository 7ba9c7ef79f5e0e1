package tavern.bench.lists;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.TavernClient;

/** Players in the lobby who repeat the same request periodically, whether or not the last one was answered. */
final class AskingPlayers {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int LOGIN_SECONDS_MAX = 60;

    private final Recorder micros = new Recorder(SIGNIFICANT_DIGITS);
    private final LongAdder failed = new LongAdder();

    private AskingPlayers() {}

    /** Blocks until all are logged in. @param question sent by each player once per period, spread evenly over it */
    static AskingPlayers enter(
            InetSocketAddress server,
            EventLoopGroup loops,
            String name,
            int count,
            int periodMillis,
            Function<TavernClient, CompletableFuture<?>> question)
            throws IOException, InterruptedException {
        AskingPlayers players = new AskingPlayers();
        List<TavernClient> clients = new ArrayList<>();
        List<CompletableFuture<?>> welcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ClientSettings settings = ClientSettings.of(server.getHostString(), server.getPort(), name + i);
            TavernClient client = new TavernClient(settings, loops.next(), new ClientListener() {});
            clients.add(client);
            welcomes.add(client.connect());
        }
        try {
            CompletableFuture.allOf(welcomes.toArray(CompletableFuture[]::new))
                    .get(LOGIN_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("not all of the " + count + " players could log in", e);
        }
        for (int i = 0; i < count; i++) {
            TavernClient client = clients.get(i);
            client.eventLoop()
                    .scheduleAtFixedRate(
                            () -> players.ask(client, question),
                            (long) i * periodMillis / count,
                            periodMillis,
                            TimeUnit.MILLISECONDS);
        }
        return players;
    }

    /** A missing answer counts too, as the ten seconds after which the client gives up. */
    private void ask(TavernClient client, Function<TavernClient, CompletableFuture<?>> question) {
        long began = System.nanoTime();
        question.apply(client).whenComplete((answer, failure) -> {
            micros.recordValue((System.nanoTime() - began) / 1_000);
            if (failure != null) {
                failed.increment();
            }
        });
    }

    /** Times of the answers that have come since the last call, in microseconds. */
    Histogram take() {
        return micros.getIntervalHistogram();
    }

    /** Number of requests since the last call that were refused or not answered. */
    long takeFailed() {
        return failed.sumThenReset();
    }
}
