package tavern.bench.trades;

import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tavern.bench.ServerChild;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;

/** Players on a server in another process who trade as fast as it allows. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for idle threads to end
final class TcpMarket implements TradeLoad {
    private static final int TIMEOUT_SECONDS = 60;

    private final ServerChild server;
    private final Crowd crowd;
    private final Backlog backlog;
    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final List<TradingClient> clients = new ArrayList<>();
    private final LongAdder committed = new LongAdder();
    private final Semaphore idle = new Semaphore(0);
    private volatile boolean ending;
    private volatile @Nullable String fault;

    TcpMarket(ServerChild server, Crowd crowd, LongSupplier outboxRows) {
        this.server = server;
        this.crowd = crowd;
        this.backlog = new Backlog(outboxRows);
    }

    /** Blocks until all players are in their rooms and have begun. */
    void open() throws IOException {
        InetSocketAddress address = server.address();
        List<CompletionStage<?>> entering = new ArrayList<>();
        for (int room = 0; room < crowd.rooms(); room++) {
            for (int i = 0; i < crowd.tradersPerRoom(); i++) {
                String name = name(room, i);
                ClientSettings settings = ClientSettings.of(address.getHostString(), address.getPort(), name);
                TradingClient client = new TradingClient(this, settings, loops.next(), name(room, i ^ 1));
                entering.add(client.enter("room-" + room));
                clients.add(client);
            }
        }
        for (CompletionStage<?> each : entering) {
            Waiting.on(each);
        }
        clients.forEach(client -> client.begin(crowd.offers()));
    }

    private static String name(int room, int trader) {
        return "room-" + room + "-trader-" + trader;
    }

    void committed(TradingClient client) {
        committed.increment();
        again(client);
    }

    /** Makes the client offer again, later if too many trades wait for the broker. */
    void again(TradingClient client) {
        if (ending) {
            idle.release();
        } else if (!backlog.holds(() -> again(client))) {
            client.offer();
        }
    }

    void fault(String what) {
        fault = what;
    }

    void disconnected(String what) {
        if (!ending) {
            fault = what;
        }
    }

    /** Cleans up after a failed start. */
    void abandon() {
        ending = true;
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        backlog.close();
        server.kill();
    }

    /** Number of committed trades, whether or not the broker has confirmed them. */
    long committedTrades() {
        return committed.sum();
    }

    @Override
    public long done() {
        return committed.sum() - backlog.rows();
    }

    @Override
    public long lag() {
        return backlog.rows();
    }

    @Override
    public Map<String, Long> processes() {
        return Map.of("server", server.pid());
    }

    @Override
    public void close() throws IOException, InterruptedException {
        ending = true;
        try (server;
                backlog) {
            backlog.open();
            boolean allIdle = idle.tryAcquire(clients.size() * crowd.offers(), TIMEOUT_SECONDS, TimeUnit.SECONDS);
            String wrong = fault;
            if (wrong != null || !allIdle) {
                throw new IOException(wrong != null ? wrong : "some trades never ended");
            }
            clients.forEach(TradingClient::leave);
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
