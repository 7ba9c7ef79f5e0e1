package tavern.server.store.redis;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the realm has the schema of this server. That is done at the start, and again after each connect: a
 * fail-over may lose the take-over of a realm of an earlier schema. Scripts that depend on the schema check it too.
 */
final class RealmSchema {
    private static final Logger log = LoggerFactory.getLogger(RealmSchema.class);

    private final Keys keys;

    RealmSchema(Keys keys) {
        this.keys = keys;
    }

    /** The arguments of {@link Script#SCHEMA} at the start, when the realm may be new. */
    ScriptArguments opening() {
        return request("1");
    }

    /** The same later. The script writes even when there is nothing to change, and fails if the realm is gone. */
    ScriptArguments probe() {
        return request("");
    }

    private ScriptArguments request(String isStart) {
        return ScriptArguments.of(keys.meta(), keys.ledger(), keys.ledgerOfSchema1())
                .add(isStart);
    }

    /**
     * Names what a take-over has written, also when it was done by a server whose start then failed, for too few replicas
     * had it.
     */
    ReplicaAcks.@Nullable Written evidence(Reply reply) {
        boolean hasTakenOver = reply.number(3) == 1;
        return hasTakenOver ? new ReplicaAcks.Written(keys.meta(), ReplicaAcks.Kind.HASH, "taken-over") : null;
    }

    /** Returns what is wrong, or null if the realm is of our schema now. */
    @Nullable
    String problem(Reply reply) {
        String schema = reply.text(0);
        String ours = reply.text(1);
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

    private static boolean isTakenOver(Reply reply) {
        return reply.number(2) == 1;
    }
}
