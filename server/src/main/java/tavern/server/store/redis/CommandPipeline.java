package tavern.server.store.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import tavern.server.store.Causes;
import tavern.server.store.StoreUnavailableException;

/**
 * Sends commands, and has scripts run in the order in which they were submitted, even when Redis has forgotten them. A
 * script is sent in full the first time on a connection, then by its digest. When Redis does not know the digest, the
 * script is sent in full once more, and all later calls wait for its answer: by then everything sent before is answered
 * too, and calls that failed for the same reason are sent again in their old order, before any newer ones.
 *
 * <p>Safe on any thread. Waiting calls were admitted, and so are bounded by the operations in flight. No call is
 * answered while the lock is held.
 *
 * <p>While {@link RedisOutageLog#refusal} says so, everything is refused but {@link Script#SCHEMA}, which finds out whether
 * the realm is still the one that was opened.
 */
final class CommandPipeline {
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Executor later;
    private final RedisOutageLog outages;

    // Guarded by this.
    private final Set<Script> sentInFull = EnumSet.noneOf(Script.class);
    private final Deque<Call> forgotten = new ArrayDeque<>();
    private final Deque<Call> waiting = new ArrayDeque<>();

    /** The call that was sent in full once more, and for whose answer the others wait. */
    private @Nullable Call awaited;

    private static final class Call {
        private final CommandType command;
        private final @Nullable Script script;
        private final ScriptArguments request;
        private final CompletableFuture<List<Object>> answer = new CompletableFuture<>();

        Call(CommandType command, @Nullable Script script, ScriptArguments request) {
            this.command = command;
            this.script = script;
            this.request = request;
        }
    }

    private record Sent(Call call, CompletionStage<List<Object>> reply) {}

    /** @param later must not run tasks on a connection's thread */
    CommandPipeline(RedisClusterAsyncCommands<byte[], byte[]> redis, Executor later, RedisOutageLog outages) {
        this.redis = redis;
        this.later = later;
        this.outages = outages;
    }

    CompletionStage<List<Object>> evaluate(Script script, ScriptArguments request) {
        return send(new Call(CommandType.EVALSHA, script, request));
    }

    CompletionStage<List<Object>> dispatch(CommandType command, ScriptArguments request) {
        return send(new Call(command, null, request));
    }

    /** The connection may lead to another server now, or to the same one after a restart. */
    synchronized void connectionChanged() {
        sentInFull.clear();
    }

    private CompletionStage<List<Object>> send(Call call) {
        Sent sent;
        synchronized (this) {
            if (awaited != null) {
                waiting.add(call);
                return call.answer;
            }
            sent = write(call);
        }
        listen(sent);
        return call.answer;
    }

    /**
     * Called under the lock, so that calls are sent in the order of writing. Lettuce throws if it is closed or full.
     */
    private Sent write(Call call) {
        Script script = call.script;
        StoreUnavailableException refusal = script == Script.SCHEMA ? null : outages.refusal();
        CompletionStage<List<Object>> reply;
        try {
            if (refusal != null) {
                reply = CompletableFuture.failedFuture(refusal);
            } else if (script == null) {
                reply = redis.dispatch(
                        call.command, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), call.request.plain());
            } else {
                boolean inFull = sentInFull.add(script);
                reply = redis.dispatch(
                        inFull ? CommandType.EVAL : CommandType.EVALSHA,
                        new NestedMultiOutput<>(ByteArrayCodec.INSTANCE),
                        call.request.call(script, inFull));
            }
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return new Sent(call, reply);
    }

    private void listen(Sent sent) {
        sent.reply().whenComplete((parts, failure) -> replied(sent.call(), parts, failure));
    }

    private void replied(Call call, List<Object> parts, @Nullable Throwable failure) {
        if (failure != null && Causes.of(failure) instanceof RedisNoScriptException) {
            sendAgain(call);
            return;
        }
        List<Sent> released = release(call);
        if (failure == null) {
            call.answer.complete(parts);
        } else {
            call.answer.completeExceptionally(failure);
        }
        released.forEach(this::listen);
    }

    private void sendAgain(Call call) {
        synchronized (this) {
            if (awaited != null) {
                forgotten.add(call);
                return;
            }
            awaited = call;
        }
        try {
            // Run here, on the connection's own thread, this would overtake calls that other threads have sent and that
            // are still on their way to this thread.
            later.execute(() -> {
                Sent sent;
                synchronized (this) {
                    sentInFull.clear();
                    sent = write(call);
                }
                listen(sent);
            });
        } catch (RejectedExecutionException e) {
            replied(call, List.of(), e);
        }
    }

    /** @return the calls that were waiting for this call's answer, and have now been sent */
    private synchronized List<Sent> release(Call answered) {
        if (awaited != answered) {
            return List.of();
        }
        awaited = null;
        List<Sent> sent = new ArrayList<>(forgotten.size() + waiting.size());
        forgotten.forEach(call -> sent.add(write(call)));
        waiting.forEach(call -> sent.add(write(call)));
        forgotten.clear();
        waiting.clear();
        return sent;
    }
}
