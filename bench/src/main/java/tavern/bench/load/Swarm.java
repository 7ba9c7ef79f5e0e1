package tavern.bench.load;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import tavern.bench.Stop;

/** All players on one server. Its methods block and must be called from one thread; the players run on the loops. */
public final class Swarm implements AutoCloseable {
    private static final AtomicInteger SWARMS = new AtomicInteger();
    private static final Duration POLL_INTERVAL = Duration.ofMillis(5);
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long LEAVE_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final Dialect dialect;
    private final int roomSize;
    private final Stop stop;
    private final List<LoadLoop> loops = new ArrayList<>();
    private int players;

    /** @param group the loops that the players run on; the caller closes it */
    public Swarm(Dialect dialect, InetSocketAddress server, int roomSize, EventLoopGroup group, Stop stop) {
        this.dialect = dialect;
        this.roomSize = roomSize;
        this.stop = stop;
        // Names are never reused, so no player returns to the position of an earlier swarm's player.
        String prefix = "s" + SWARMS.incrementAndGet() + "-";
        for (EventExecutor loop : group) {
            loops.add(new LoadLoop((EventLoop) loop, server, roomSize, prefix));
        }
    }

    public int players() {
        return players;
    }

    public int roomSize() {
        return roomSize;
    }

    /**
     * Adds players until there are this many, and blocks until all are in their rooms.
     *
     * @throws IOException if one of them cannot join
     */
    public void growTo(int count) throws IOException, InterruptedException {
        List<List<Integer>> shares = new ArrayList<>();
        loops.forEach(loop -> shares.add(new ArrayList<>()));
        for (int index = players; index < count; index++) {
            // A room's players share one loop, so that sender and watcher need no lock.
            shares.get(index / roomSize % loops.size()).add(index);
        }
        players = Math.max(players, count);
        await(each((loop, done) -> loop.enter(dialect, shares.get(loops.indexOf(loop)), done)), TIMEOUT_NANOS);
    }

    public void pace(Rates rates) throws IOException, InterruptedException {
        pace(rates, false);
    }

    /** Makes each player send a ping as soon as the last one is answered. */
    public void pingPong() throws IOException, InterruptedException {
        pace(new Rates(0, 0, 0), true);
    }

    private void pace(Rates rates, boolean pingPong) throws IOException, InterruptedException {
        await(
                each((loop, done) -> {
                    loop.pace(rates, pingPong);
                    done.complete(null);
                }),
                TIMEOUT_NANOS);
    }

    /** Returns the counts since the last call. */
    public Counts take() throws IOException, InterruptedException {
        Counts all = new Counts();
        List<CompletableFuture<Counts>> taken = new ArrayList<>();
        for (LoadLoop loop : loops) {
            CompletableFuture<Counts> one = new CompletableFuture<>();
            loop.loop().execute(() -> one.complete(loop.take()));
            taken.add(one);
        }
        await(taken, TIMEOUT_NANOS);
        taken.forEach(one -> all.add(one.join()));
        return all;
    }

    private List<CompletableFuture<Void>> each(BiConsumer<LoadLoop, CompletableFuture<Void>> task) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (LoadLoop loop : loops) {
            CompletableFuture<Void> done = new CompletableFuture<>();
            all.add(done);
            loop.loop().submit(() -> task.accept(loop, done)).addListener(ran -> {
                if (!ran.isSuccess()) {
                    done.completeExceptionally(ran.cause());
                }
            });
        }
        return all;
    }

    private void await(List<? extends CompletableFuture<?>> all, long nanosMax)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + nanosMax;
        for (CompletableFuture<?> one : all) {
            while (!one.isDone()) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("the players did not finish in time");
                }
                stop.pass(POLL_INTERVAL);
            }
            if (one.isCompletedExceptionally()) {
                throw new IOException(
                        one.handle((done, failure) -> failure.getMessage()).join());
            }
        }
    }

    /** Makes all players leave and waits until they are gone. */
    @Override
    public void close() throws IOException, InterruptedException {
        await(each(LoadLoop::leave), LEAVE_NANOS_MAX);
    }
}
