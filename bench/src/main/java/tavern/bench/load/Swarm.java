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

/** All players on one server. Used by one thread, which it keeps waiting; the players run on the loops. */
public final class Swarm implements AutoCloseable {
    private static final AtomicInteger SWARMS = new AtomicInteger();
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);
    private static final long LEAVE_NANOS_MAX = TimeUnit.SECONDS.toNanos(20);

    private final Dialect dialect;
    private final int roomSize;
    private final Stop stop;
    private final List<LoadLoop> loops = new ArrayList<>();
    private int players;

    /** @param group that the players run on; it stays the caller's */
    public Swarm(Dialect dialect, InetSocketAddress server, int roomSize, EventLoopGroup group, Stop stop) {
        this.dialect = dialect;
        this.roomSize = roomSize;
        this.stop = stop;
        // Names are used once: nobody comes back to an earlier swarm's place.
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
     * Blocks until there are this many players, all in their rooms.
     *
     * @throws IOException when one of them cannot get in
     */
    public void growTo(int count) throws IOException, InterruptedException {
        List<List<Integer>> shares = new ArrayList<>();
        loops.forEach(loop -> shares.add(new ArrayList<>()));
        for (int index = players; index < count; index++) {
            // A room is on one loop, so that who sends and who sees share a clock and need no lock.
            shares.get(index / roomSize % loops.size()).add(index);
        }
        players = Math.max(players, count);
        await(each((loop, done) -> loop.enter(dialect, shares.get(loops.indexOf(loop)), done)), PATIENCE_NANOS);
    }

    public void pace(Rates rates) throws IOException, InterruptedException {
        pace(rates, false);
    }

    /** Each player sends a ping when the last is answered. */
    public void pingPong() throws IOException, InterruptedException {
        pace(new Rates(0, 0, 0), true);
    }

    private void pace(Rates rates, boolean pingPong) throws IOException, InterruptedException {
        await(
                each((loop, done) -> {
                    loop.pace(rates, pingPong);
                    done.complete(null);
                }),
                PATIENCE_NANOS);
    }

    /** What was counted since the last time. */
    public Counts take() throws IOException, InterruptedException {
        Counts all = new Counts();
        List<CompletableFuture<Counts>> taken = new ArrayList<>();
        for (LoadLoop loop : loops) {
            CompletableFuture<Counts> one = new CompletableFuture<>();
            loop.loop().execute(() -> one.complete(loop.take()));
            taken.add(one);
        }
        await(taken, PATIENCE_NANOS);
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
                    throw new IOException("the players did not get through");
                }
                stop.pass(LOOK_AGAIN);
            }
            if (one.isCompletedExceptionally()) {
                throw new IOException(
                        one.handle((done, failure) -> failure.getMessage()).join());
            }
        }
    }

    /** Everybody leaves; waits until they are gone. */
    @Override
    public void close() throws IOException, InterruptedException {
        await(each(LoadLoop::leave), LEAVE_NANOS_MAX);
    }
}
