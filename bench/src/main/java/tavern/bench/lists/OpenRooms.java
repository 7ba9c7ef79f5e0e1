package tavern.bench.lists;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.bench.Stop;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.TavernClient;

/** Opens many rooms that stay open and empty: a few players join one new room after another. */
final class OpenRooms {
    private static final int OPENERS = 16;
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

    private OpenRooms() {}

    /** The name of a room with this number. */
    static String name(int number) {
        return "room-%05d".formatted(number);
    }

    /** Blocks until all rooms are open. */
    static void open(InetSocketAddress server, EventLoopGroup loops, int rooms, Stop stop)
            throws IOException, InterruptedException {
        AtomicInteger next = new AtomicInteger();
        List<CompletableFuture<Void>> walks = new ArrayList<>();
        for (int i = 0; i < OPENERS; i++) {
            ClientSettings settings = ClientSettings.of(server.getHostString(), server.getPort(), "opener" + i);
            TavernClient client = new TavernClient(settings, loops.next(), new ClientListener() {});
            walks.add(client.connect()
                    .thenCompose(welcome -> walk(client, next, rooms))
                    .thenRun(client::bye));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(walks.toArray(CompletableFuture[]::new));
        while (!all.isDone()) {
            stop.pass(POLL_INTERVAL);
        }
        try {
            all.get();
        } catch (ExecutionException e) {
            throw new IOException("a room did not open", e.getCause());
        }
    }

    /** Each step completes asynchronously when the network answers, so the recursion does not deepen the stack. */
    private static CompletableFuture<Void> walk(TavernClient client, AtomicInteger next, int rooms) {
        int number = next.getAndIncrement();
        return number >= rooms
                ? CompletableFuture.completedFuture(null)
                : client.join(name(number)).thenCompose(joined -> walk(client, next, rooms));
    }
}
