package tavern.server.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/** Opens a realm at an address, or says in one line, without the password, why that is not possible. Blocks. */
final class RealmOpening {
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    /** Each waits for as long as a command may take. */
    private static final int REPLICAS_ATTEMPTS_MAX = 3;

    private final StoreSettings settings;
    private final String realm;
    private final RedisURI uri;
    private final String server;
    private final ServerCheck check;

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
            throw new StoreOpenException("store.redis.uri: Redis at " + server + " " + reason(e), e);
        }
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
            last = message;
        }
        String cure = uri.isSsl()
                ? "; is it running, and does it speak TLS there? Else write redis:// in store.redis.uri"
                : "; is it running, and is this its address? If it speaks TLS, write rediss:// in store.redis.uri";
        return "cannot be connected to: " + last.replaceAll("\\s+", " ") + cure;
    }

    /**
     * Makes sure that the realm is one of ours, and that the user has the necessary permissions.
     *
     * @param mayBegin whether a realm that does not exist is begun
     */
    void prepare(RedisExecutor calls, OutboxStream outbox, RealmSchema schema, boolean mayBegin) {
        Keys keys = new Keys(realm);
        try {
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
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StoreOpenException("store.redis.uri: " + server + ": " + cause.getMessage(), cause);
        }
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

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
