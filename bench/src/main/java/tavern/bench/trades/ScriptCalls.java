package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Transaction;
import tavern.server.store.redis.CommitCall;

/** One connection that has Redis carry out one transaction after another, always with many calls in flight. */
final class ScriptCalls {
    private static final int IN_FLIGHT = 1_000;
    private static final int BATCH = 50;

    /** Calls pause while more transactions than this wait for the broker, so that the rate is sustainable. */
    private static final long LAG_MAX = 10_000;

    private final RedisAsyncCommands<byte[], byte[]> commands;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final CommitCall call = new CommitCall(Backends.REALM);
    private final Supplier<Transaction> next;
    private final @Nullable LongSupplier confirmed;
    private final Semaphore free = new Semaphore(IN_FLIGHT);
    private final LongAdder committed = new LongAdder();
    private final LoopingThread worker;
    private volatile @Nullable String fault;

    /**
     * Begins at once.
     *
     * @param next makes the next transaction, always on the same thread
     * @param confirmed number of transactions that the broker has confirmed, or null if none are published
     */
    ScriptCalls(RedisClient client, Supplier<Transaction> next, @Nullable LongSupplier confirmed) {
        this.next = next;
        this.confirmed = confirmed;
        connection = client.connect(ByteArrayCodec.INSTANCE);
        commands = connection.async();
        CommitCall.texts().forEach(connection.sync()::scriptLoad);
        connection.setAutoFlushCommands(false);
        worker = LoopingThread.start("script", this::batch);
    }

    private void batch() throws InterruptedException {
        if (lag() > LAG_MAX) {
            TimeUnit.MILLISECONDS.sleep(1);
            return;
        }
        free.acquire(BATCH);
        for (int i = 0; i < BATCH; i++) {
            commands.dispatch(CommandType.EVALSHA, CommitCall.output(), call.arguments(next.get()))
                    .whenComplete(this::answered);
        }
        connection.flushCommands();
    }

    private void answered(@Nullable List<Object> reply, @Nullable Throwable failure) {
        if (failure != null || !CommitCall.isCommitted(reply)) {
            fault = failure != null ? failure.toString() : "the script says " + reply;
        } else {
            committed.increment();
        }
        // Release last: whoever holds all permits then knows that all answers are counted.
        free.release();
    }

    long committed() {
        return committed.sum();
    }

    /** Number of transactions that are committed and not yet confirmed; 0 if none are published. */
    long lag() {
        return confirmed == null ? 0 : committed.sum() - confirmed.getAsLong();
    }

    /** Stops, and waits for all answers. @throws IOException if a transaction failed */
    void end() throws IOException, InterruptedException {
        worker.end();
        boolean all = free.tryAcquire(IN_FLIGHT, 20, TimeUnit.SECONDS);
        String wrong = fault;
        if (wrong != null || !all) {
            throw new IOException(wrong != null ? wrong : "some calls were never answered");
        }
    }
}
