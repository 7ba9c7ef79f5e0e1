package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Causes;

/**
 * Has Redis rewrite its append-only file once in each of its runs, before the server writes anything there. Safe on any
 * thread.
 *
 * <p>What a script writes stands in the file between MULTI and EXEC. A crash may tear the file in between. If it is torn
 * within a command, Redis cuts off only this command at its next start: those before it are not carried out and yet stay,
 * behind a MULTI without an EXEC. What is written next follows them, so at the start after that they are carried out too,
 * half a transaction that nobody knows of. Seen with Redis 7.0.15; https://github.com/valkey-io/valkey/pull/4342 mends
 * Valkey. A rewrite begins another file, and removes that one when it ends. If Redis crashes before, it finds the unended
 * MULTI, cuts it off, and starts the time after.
 */
final class AofRewrite {
    private static final Logger log = LoggerFactory.getLogger(AofRewrite.class);

    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(RedisExecutor.DONE);

    private final String server;
    private final Link link;

    /** An outage asks again each second. */
    private final AtomicBoolean told = new AtomicBoolean();

    /** @param server its name for operators, without a password */
    AofRewrite(String server, Link link) {
        this.server = server;
        this.link = link;
    }

    /**
     * Asks for a rewrite if there was none in this run. Answered when it has begun, or Redis has refused it, which is logged;
     * fails in an outage, after which this must be called again before anything is written.
     */
    CompletionStage<Void> ensure() {
        CompletionStage<? extends RedisServerAsyncCommands<byte[], byte[]>> realms;
        try {
            realms = link.server();
        } catch (RuntimeException e) {
            realms = CompletableFuture.failedStage(e);
        }
        return realms.thenCompose(redis -> redis.info("persistence")
                        .thenCompose(info ->
                                isDue(info) ? redis.bgrewriteaof() : CompletableFuture.completedStage("not needed")))
                .handle((done, failure) -> failure == null ? null : refusal(Causes.of(failure)))
                .thenCompose(refusal -> refusal == null ? DONE : CompletableFuture.failedStage(refusal));
    }

    /** Servers that do not count rewrites are left alone, as they would be asked each time. */
    private static boolean isDue(String info) {
        return info.lines().anyMatch("aof_enabled:1"::equals)
                && info.lines().anyMatch("aof_rewrites:0"::equals)
                && info.lines().noneMatch("aof_rewrite_scheduled:1"::equals);
    }

    /** Returns the outage, or null when Redis has answered: whoever may not ask for a rewrite goes on without one. */
    private @Nullable Throwable refusal(Throwable failure) {
        if (!(failure instanceof RedisCommandExecutionException) || RedisOutageLog.isSilence(failure)) {
            return failure;
        }
        boolean isUnderWay = String.valueOf(failure.getMessage()).contains("in progress");
        if (!isUnderWay && told.compareAndSet(false, true)) {
            log.warn(
                    "store: Redis at {} did not rewrite its append-only file ({}): after a crash of Redis, run redis-check-aof"
                            + " --fix on it before Redis starts, or half a transaction may come back at the start after"
                            + " (docs/STORE.md)",
                    server,
                    failure.getMessage());
        }
        return null;
    }
}
