package tavern.server.store.redis;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the realm is the one that this server has opened, and of this server's schema. That is done at the start,
 * and again after each connect, which may lead to an empty Redis in which another server has begun a realm of the same
 * name, or to one that a fail-over has set back to an earlier schema. Scripts that depend on the schema check it too. Safe
 * on any thread.
 */
final class RealmSchema {
    private static final Logger log = LoggerFactory.getLogger(RealmSchema.class);

    private static final int TOKEN_KEY_BYTES = 32;

    /** As {@code common.lua} has it. */
    static final String SCHEMA = "2";

    private final Keys keys;

    /** Of the realm that was opened; empty before. */
    private volatile String realmId = "";

    /** In hexadecimal; likewise. */
    private volatile String tokenKey = "";

    RealmSchema(Keys keys) {
        this.keys = keys;
    }

    /**
     * The arguments of {@link Script#SCHEMA} at the start.
     *
     * @param mayBegin whether the realm may be new; otherwise one that does not exist is a {@link #problem}
     */
    ScriptArguments opening(boolean mayBegin) {
        byte[] key = new byte[TOKEN_KEY_BYTES];
        new SecureRandom().nextBytes(key);
        return request(
                mayBegin ? "begin" : "open",
                UUID.randomUUID().toString(),
                HexFormat.of().formatHex(key));
    }

    /** The same later. The script fails if the realm is gone or is another one, and it tells whether writes are accepted. */
    ScriptArguments probe() {
        return request("used", realmId, tokenKey);
    }

    private ScriptArguments request(String mode, String id, String key) {
        return ScriptArguments.of(keys.meta(), keys.ledger(), keys.ledgerOfSchema1())
                .add(mode)
                .add(id)
                .add(key);
    }

    /** Remembers which realm was opened. */
    void opened(ScriptReply reply) {
        realmId = reply.text(3);
        tokenKey = reply.text(5);
    }

    /** The id of the realm that was opened; empty before. */
    String realmId() {
        return realmId;
    }

    /** After a {@link #probe} whose writes were accepted: another server may have given the realm a new key, when it had lost it. */
    void probed(ScriptReply reply) {
        tokenKey = reply.text(5);
    }

    /** The key of the realm's tokens, in hexadecimal; empty before it was opened. */
    String tokenKey() {
        return tokenKey;
    }

    /** Returns Redis' error to writes; empty if they are accepted. */
    String writeRefusal(ScriptReply reply) {
        return reply.text(4);
    }

    /**
     * Names the id, which was written together with all else. Always, because the id, or a take-over, may be that of a
     * server whose start then failed, for too few replicas had it. Null if the realm is not of our schema.
     */
    ReplicaAcks.@Nullable Written evidence(ScriptReply reply) {
        boolean isOurs = reply.text(0).equals(reply.text(1));
        return isOurs ? new ReplicaAcks.Written(keys.meta(), ReplicaAcks.Kind.HASH, "realm-id") : null;
    }

    /** Returns what is wrong, or null if the realm is of our schema now. */
    @Nullable
    String problem(ScriptReply reply) {
        String schema = reply.text(0);
        String ours = reply.text(1);
        if (schema.isEmpty()) {
            return "there is no realm " + keys.realm() + "; look at realm and store.redis.uri";
        }
        if (isTakenOver(reply)) {
            log.info(
                    "the realm {} was of schema 1 and is of schema {} from now on; its trades, grants and ledger stay;"
                            + " servers of an earlier version can no longer use it",
                    keys.realm(),
                    ours);
        }
        return schema.equals(ours)
                ? null
                : "the realm " + keys.realm() + " has schema " + schema + ", this server knows " + ours
                        + "; use a newer server, or another realm";
    }

    private static boolean isTakenOver(ScriptReply reply) {
        return reply.number(2) == 1;
    }
}
