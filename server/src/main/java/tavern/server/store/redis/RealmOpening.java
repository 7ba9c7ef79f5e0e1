package tavern.server.store.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Causes;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.StoreSilentException;
import tavern.server.store.StoreUnavailableException;

/**
 * Opens a realm at an address, or says in one line, without the password, why that is not possible. Blocks. Used by one
 * thread.
 */
final class RealmOpening {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    private static final long PAUSE_MILLIS_MIN = 250;
    private static final long PAUSE_MILLIS_MAX = 2_000;

    /** The beginning of Redis' error to a user without a right. */
    private static final String FORBIDDEN = "NOPERM";

    /** Each waits for as long as a command may take. */
    private static final int REPLICAS_ATTEMPTS_MAX = 3;

    private final StoreSettings settings;
    private final String realm;
    private final RedisURI uri;
    private final String server;
    private final ServerCheck check;

    /** Before the next attempt. */
    private long pauseMillis = PAUSE_MILLIS_MIN;

    RealmOpening(StoreSettings settings, String realm) {
        this.settings = settings;
        this.realm = realm;
        try {
            uri = RedisURI.create(settings.redis().uri());
            uri.setTimeout(CONNECT_WITHIN);
        } catch (IllegalArgumentException e) {
            throw new StoreOpenException("store.redis.uri is not the address of a Redis server; write"
                    + " redis://[[user]:password@]host[:port][/database]");
        }
        server = uri.getHost() + ":" + uri.getPort();
        check = new ServerCheck(server, settings.redis());
    }

    /** The server's name in the log. */
    String server() {
        return server;
    }

    /** Available to rows that are not yet published, once connected: by default a quarter of what Redis may use. */
    long outboxBytesMax() {
        return settings.outboxBytesMax() > 0 ? settings.outboxBytesMax() : check.memoryBytes() / 4;
    }

    Link connect() {
        try {
            return Link.open(settings, uri, "{" + realm + "}", check);
        } catch (RedisException e) {
            throw failed(e);
        }
    }

    /** What to say when one of the connections could not be opened. */
    StoreOpenException failed(RedisException failure) {
        String message = "store.redis.uri: Redis at " + server + " " + reason(failure);
        return isSilent(failure)
                ? new StoreSilentException(message, failure)
                : new StoreOpenException(message, failure);
    }

    /** Whether something is there, which does not answer in time, or is still reading its data. */
    private static boolean isSilent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisCommandExecutionException) {
                return RedisOutageLog.isSilence(cause);
            }
            if (cause instanceof RedisCommandTimeoutException
                    || cause instanceof ClosedChannelException // by our own time limit, or by a proxy in between
                    || String.valueOf(cause.getMessage()).contains("timed out")) {
                return true;
            }
        }
        return false;
    }

    private String reason(Throwable failure) {
        String last = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.startsWith("WRONGPASS")) {
                return "does not know this user and password; correct them in store.redis.uri";
            }
            if (message.startsWith("NOAUTH") || message.startsWith("ERR AUTH") || message.contains("HELLO must be")) {
                return "wants a password; write redis://:password@" + server + " in store.redis.uri";
            }
            if (message.startsWith(FORBIDDEN)) {
                return forbidden(message);
            }
            last = message;
        }
        String cure = uri.isSsl()
                ? "; is it running, and does it speak TLS there? Else write redis:// in store.redis.uri"
                : "; is it running, and is this its address? If it speaks TLS, write rediss:// in store.redis.uri";
        return "cannot be connected to: " + last.replaceAll("\\s+", " ") + cure;
    }

    /** @param error in which Redis names the command */
    private static String forbidden(String error) {
        return "does not let this user do what the server needs (" + error + "); allow it there (ACL SETUSER), or name"
                + " another user in store.redis.uri";
    }

    /**
     * Makes sure that the realm is one of ours, and that the user has the necessary permissions.
     *
     * @param mayBegin whether a realm that does not exist is begun
     */
    void prepare(AofRewrite rewrite, RedisExecutor calls, OutboxStream outbox, RealmSchema schema, boolean mayBegin) {
        Keys keys = new Keys(realm);
        try {
            await(rewrite.ensure());
            ScriptArguments rights = ScriptArguments.of(keys.meta())
                    .add(keys.changes())
                    .add(settings.redis().waitReplicas());
            refuseMissing(await(calls.run(Script.RIGHTS, rights, reply -> reply.texts())));
            Optional<String> problem = open(calls, schema, mayBegin, REPLICAS_ATTEMPTS_MAX);
            if (problem.isPresent()) {
                throw new StoreOpenException("store.redis.uri: " + server + ": " + problem.get());
            }
            await(outbox.count());
        } catch (CompletionException e) {
            throw commandFailed(Causes.of(e));
        }
    }

    private StoreOpenException commandFailed(Throwable failure) {
        if (failure instanceof RedisException outage) {
            return failed(outage); // of the rewrite, which is not asked for by a call
        }
        boolean isOutage = failure instanceof StoreUnavailableException;
        Throwable origin = isOutage ? failure.getCause() : failure;
        String error = origin instanceof RedisCommandExecutionException ? String.valueOf(origin.getMessage()) : "";
        String message = error.startsWith(FORBIDDEN)
                ? "store.redis.uri: Redis at " + server + " " + forbidden(error)
                : "store.redis.uri: " + server + ": " + failure.getMessage();
        return isOutage && isSilence(origin)
                ? new StoreSilentException(message, failure)
                : new StoreOpenException(message, failure);
    }

    /** @param origin null when nothing was sent, because the connection was lost */
    private static boolean isSilence(@Nullable Throwable origin) {
        return origin == null || RedisOutageLog.isSilence(origin);
    }

    /** A replica that has just connected again, as after a fail-over, may be late: that alone is no reason not to start. */
    private static Optional<String> open(RedisExecutor calls, RealmSchema schema, boolean mayBegin, int attempts) {
        try {
            return await(calls.run(Script.SCHEMA, schema.opening(mayBegin), schema::evidence, reply -> {
                schema.opened(reply);
                return Optional.ofNullable(schema.problem(reply));
            }));
        } catch (CompletionException e) {
            if (attempts > 1 && String.valueOf(e.getMessage()).contains(ReplicaAcks.TOO_FEW)) {
                return open(calls, schema, mayBegin, attempts - 1);
            }
            throw e;
        }
    }

    private void refuseMissing(List<String> commands) {
        if (!commands.isEmpty()) {
            throw new StoreOpenException("store.redis.uri: the user may not do " + String.join(", ", commands) + " at "
                    + server + " on the keys of the realm; allow it there (ACL SETUSER), or name another user");
        }
    }

    /** Waits before opening is tried again, each time for longer. */
    void pause() {
        await(CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS)));
        pauseMillis = Math.min(PAUSE_MILLIS_MAX, 2 * pauseMillis);
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
