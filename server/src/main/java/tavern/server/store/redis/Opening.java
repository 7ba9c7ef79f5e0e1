package tavern.server.store.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;

/** From an address to a realm that may be used, or one line that says why not, without the password. Blocks. */
final class Opening {
    private static final String SCHEMA = "1";
    private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

    private final StoreSettings settings;
    private final String realm;
    private final RedisURI uri;
    private final String server;

    Opening(StoreSettings settings, String realm) {
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
    }

    /** As the log calls it. */
    String server() {
        return server;
    }

    Link connect() {
        try {
            return Link.open(
                    settings,
                    uri,
                    "{" + realm + "}",
                    new ServerCheck(server, settings.redis().allowVolatile()));
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

    /** Loads the scripts, and makes sure that the realm is ours. */
    void prepare(Calls calls, Outbox outbox) {
        Keys keys = new Keys(realm);
        try {
            for (Script script : Script.values()) {
                await(calls.load(script));
            }
            refuseMissing(await(
                    calls.run(Script.RIGHTS, Request.of(keys.meta()).add(keys.changes()), reply -> reply.texts())));
            await(calls.send(
                    CommandType.HSETNX, Request.of(keys.meta()).add("schema").add(SCHEMA), reply -> Calls.DONE));
            String schema =
                    await(calls.send(CommandType.HGET, Request.of(keys.meta()).add("schema"), reply -> reply.text(0)));
            if (!schema.equals(SCHEMA)) {
                throw new StoreOpenException("the realm " + realm + " at " + server + " has schema " + schema
                        + ", this server knows " + SCHEMA + "; use a newer server, or another realm");
            }
            await(outbox.count());
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new StoreOpenException("store.redis.uri: " + server + ": " + cause.getMessage(), cause);
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
