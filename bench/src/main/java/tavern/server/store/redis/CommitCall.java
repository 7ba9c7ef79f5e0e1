package tavern.server.store.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OutboxBound;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionPlan;

/** The call with which the server's store has a transaction carried out, for a program that does nothing else. */
public final class CommitCall {
    private static final Long COMMITTED = 2L;

    private final TransactionScript script;

    public CommitCall(String realm) {
        script = new TransactionScript(new Keys(realm), "", new OutboxBound(1_000_000_000, Long.MAX_VALUE));
    }

    /** The texts of the scripts, which Redis must have loaded. */
    public static List<byte[]> texts() {
        return List.of(Script.TRANSACT.text(), Script.TURN.text());
    }

    public CommandArgs<byte[], byte[]> arguments(Transaction transaction) {
        return TransactionScript.script(transaction) == Script.TURN
                ? script.request(new TurnChain(transaction)).call(Script.TURN, false)
                : script.request(TransactionPlan.of(transaction)).call(Script.TRANSACT, false);
    }

    public static CommandOutput<byte[], byte[], List<Object>> output() {
        return new NestedMultiOutput<>(ByteArrayCodec.INSTANCE);
    }

    public static boolean isCommitted(@Nullable List<Object> reply) {
        return reply != null && !reply.isEmpty() && reply.get(0).equals(COMMITTED);
    }
}
