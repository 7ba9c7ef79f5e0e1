package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Causes;
import tavern.server.store.StoreUnavailableException;

/**
 * Holds answers back until replicas have what they report. Redis replicates after it has answered, so a fail-over loses
 * what no replica has yet; WAIT says how many replicas have it.
 *
 * <p>WAIT holds up the commands that follow on its connection, so it has a connection of its own, and one WAIT serves
 * everything written until it is sent. It waits only for what its own connection has written, which would be nothing:
 * so a script first checks whether this server has what was written on the other connection, which after a fail-over
 * may have led to another server, and then writes something itself.
 *
 * <p>Safe on any thread. Waiting entries were admitted, and so are bounded by the operations in flight.
 */
final class ReplicaAcks {
    /** The error code that Redis itself uses when it has too few replicas. */
    static final String TOO_FEW = "NOREPLICAS";

    /** Entries in one batch: Lua takes no more than 8,000 arguments at a time, and the script examines each. */
    private static final int BATCH_MAX = 500;

    private static final byte[] SCRIPT = Script.read("replicated").getBytes(US_ASCII);

    /**
     * Something that is known to have been written.
     *
     * @param key of a hash that has the field, of a stream that has had {@code 0-<member>}, or of a room's game that has
     *     been at {@code <fence> <revision>}
     */
    record Written(String key, Kind kind, String member) {}

    enum Kind {
        HASH("hash"),
        STREAM("stream"),
        TURN("turn");

        private final String inScript;

        Kind(String inScript) {
            this.inScript = inScript;
        }
    }

    /** @param written null for everything that was written before */
    private record Waiting(@Nullable Written written, CompletableFuture<@Nullable Void> done) {}

    private final int replicas;
    private final long waitMillis;
    private final String ownKey;
    private final Supplier<CompletionStage<StatefulRedisConnection<byte[], byte[]>>> connection;
    private final RedisOutageLog outages;
    private final Executor later;

    // Guarded by this.
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean underWay;

    /**
     * @param replicas the number that must have it; 0 to wait for nothing, without using {@code connection}
     * @param waitMillis how long to wait for them; less than the time-out of commands
     * @param ownKey written with each batch
     * @param later runs the next batch
     */
    ReplicaAcks(
            int replicas,
            long waitMillis,
            String ownKey,
            Supplier<CompletionStage<StatefulRedisConnection<byte[], byte[]>>> connection,
            RedisOutageLog outages,
            Executor later) {
        this.replicas = replicas;
        this.waitMillis = waitMillis;
        this.ownKey = ownKey;
        this.connection = connection;
        this.outages = outages;
        this.later = later;
    }

    boolean isRequired() {
        return replicas > 0;
    }

    /** Fails with {@link StoreUnavailableException} when it is not known whether enough replicas have it. */
    CompletionStage<@Nullable Void> await(Written written) {
        return enter(new Waiting(written, new CompletableFuture<>()));
    }

    /** Like {@link #await}, for everything that was written before. Completes at once if no replicas are required. */
    CompletionStage<@Nullable Void> awaitAll() {
        return replicas == 0
                ? CompletableFuture.completedFuture(null)
                : enter(new Waiting(null, new CompletableFuture<>()));
    }

    private CompletionStage<@Nullable Void> enter(Waiting entry) {
        synchronized (this) {
            waiting.add(entry);
            if (underWay) {
                return entry.done();
            }
            underWay = true;
        }
        startBatch();
        return entry.done();
    }

    private void startBatch() {
        List<Waiting> batch = new ArrayList<>();
        synchronized (this) {
            while (batch.size() < BATCH_MAX && !waiting.isEmpty()) {
                batch.add(waiting.remove());
            }
            if (batch.isEmpty()) {
                underWay = false;
                return;
            }
        }
        ask(batch).whenComplete((seen, failure) -> {
            finish(batch, seen, failure);
            later.execute(this::startBatch);
        });
    }

    /** @return the positions in the batch, from 1, of the entries that this server does not have */
    private CompletionStage<List<Long>> ask(List<Waiting> batch) {
        List<byte[]> keys = new ArrayList<>(List.of(ownKey.getBytes(UTF_8)));
        List<byte[]> members = new ArrayList<>();
        for (Waiting entry : batch) {
            Written written = entry.written();
            keys.add((written == null ? ownKey : written.key()).getBytes(UTF_8));
            members.add((written == null ? "" : written.kind().inScript).getBytes(US_ASCII));
            members.add((written == null ? "" : written.member()).getBytes(UTF_8));
        }
        try {
            return connection.get().thenCompose(open -> {
                RedisAsyncCommands<byte[], byte[]> redis = open.async();
                CompletionStage<List<Long>> missing = redis.eval(
                        SCRIPT, ScriptOutputType.MULTI, keys.toArray(new byte[0][]), members.toArray(new byte[0][]));
                return missing.thenCombine(redis.waitForReplication(replicas, waitMillis), this::enough);
            });
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e); // Lettuce says at once that it is closed
        }
    }

    private List<Long> enough(List<Long> missing, long acknowledged) {
        if (acknowledged < replicas) {
            throw new RedisCommandExecutionException(TOO_FEW + " " + acknowledged + " of " + replicas
                    + " replicas have what was written (store.redis.wait-replicas)");
        }
        return missing;
    }

    private void finish(List<Waiting> batch, @Nullable List<Long> missing, @Nullable Throwable failure) {
        if (missing == null) {
            StoreUnavailableException unknown =
                    outages.unavailable(failure == null ? new IllegalStateException("no answer") : Causes.of(failure));
            batch.forEach(entry -> entry.done().completeExceptionally(unknown));
            return;
        }
        for (int i = 0; i < batch.size(); i++) {
            if (missing.contains((long) i + 1)) {
                batch.get(i)
                        .done()
                        .completeExceptionally(outages.unavailable(
                                new RedisCommandExecutionException("MASTERDOWN the master has changed")));
            } else {
                batch.get(i).done().complete(null);
            }
        }
    }
}
