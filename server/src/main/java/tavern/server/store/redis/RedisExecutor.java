package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Causes;
import tavern.server.store.ForeignValueException;
import tavern.server.store.OperationsInFlight;
import tavern.server.store.Stages;
import tavern.server.store.StoreUnavailableException;

/**
 * Sends calls to Redis, and turns replies, failures and missing replies into the answers that the port promises. Safe
 * on any thread.
 */
final class RedisExecutor {
    /** Turns a reply into the port's answer. */
    interface Reader<T> {
        T read(ScriptReply reply) throws Exception;
    }

    /** Names something that a reply reports as permanently written, or null if it reports nothing of the kind. */
    interface Evidence {
        ReplicaAcks.@Nullable Written in(ScriptReply reply);
    }

    /** The answer of operations without a result. */
    @SuppressWarnings("NullAway") // Void has no value but null
    static final Void DONE = null;

    private static final Logger log = LoggerFactory.getLogger(RedisExecutor.class);

    /** The beginning of our scripts' errors that name a key. */
    private static final String FOREIGN = "FOREIGN ";

    private final CommandPipeline redis;
    private final OperationsInFlight inFlight;
    private final RedisOutageLog outages;
    private final ReplicaAcks replicas;

    RedisExecutor(CommandPipeline redis, OperationsInFlight inFlight, RedisOutageLog outages, ReplicaAcks replicas) {
        this.redis = redis;
        this.inFlight = inFlight;
        this.outages = outages;
        this.replicas = replicas;
    }

    <T> CompletionStage<T> run(Script script, ScriptArguments request, Reader<T> reader) {
        return admitted(() -> redis.evaluate(script, request), request, reader);
    }

    /** Answered once the configured number of replicas have what was written. */
    <T> CompletionStage<T> run(Script script, ScriptArguments request, Evidence evidence, Reader<T> reader) {
        return admitted(() -> replicated(redis.evaluate(script, request), evidence), request, reader);
    }

    /** As {@link #run}, for what counts as in flight already. */
    <T> CompletionStage<T> runAdmitted(Script script, ScriptArguments request, Evidence evidence, Reader<T> reader) {
        return asked(() -> replicated(redis.evaluate(script, request), evidence), request, reader, () -> {});
    }

    /** As {@link #send}, for what counts as in flight already. */
    <T> CompletionStage<T> sendAdmitted(CommandType command, ScriptArguments request, Reader<T> reader) {
        return asked(() -> redis.dispatch(command, request), request, reader, () -> {});
    }

    <T> CompletionStage<T> send(CommandType command, ScriptArguments request, Reader<T> reader) {
        return admitted(() -> redis.dispatch(command, request), request, reader);
    }

    /** Answered once the configured number of replicas have what the reply reports. */
    <T> CompletionStage<T> send(CommandType command, ScriptArguments request, Evidence evidence, Reader<T> reader) {
        return admitted(() -> replicated(redis.dispatch(command, request), evidence), request, reader);
    }

    /**
     * Completes with an answer of {@link #run} once the configured number of replicas have what it reports. That is an operation of its
     * own, in flight until then.
     *
     * @param written null for nothing
     */
    <T> CompletionStage<T> replicated(T answer, ReplicaAcks.@Nullable Written written) {
        if (written == null || !replicas.isRequired()) {
            return CompletableFuture.completedFuture(answer);
        }
        StoreUnavailableException refusal = inFlight.enter();
        return refusal != null
                ? CompletableFuture.failedFuture(refusal)
                : replicatedAdmitted(answer, written).whenComplete((done, failure) -> inFlight.leave());
    }

    /** As {@link #replicated}, for what counts as in flight already. */
    <T> CompletionStage<T> replicatedAdmitted(T answer, ReplicaAcks.@Nullable Written written) {
        return written == null || !replicas.isRequired()
                ? CompletableFuture.completedFuture(answer)
                : replicas.await(written).thenApply(done -> answer);
    }

    private CompletionStage<List<Object>> replicated(CompletionStage<List<Object>> reply, Evidence evidence) {
        if (!replicas.isRequired()) {
            return reply;
        }
        return reply.thenCompose(parts -> {
            ReplicaAcks.Written written = evidence.in(new ScriptReply(parts));
            return written == null
                    ? CompletableFuture.completedFuture(parts)
                    : replicas.await(written).thenApply(done -> parts);
        });
    }

    private <T> CompletionStage<T> admitted(Question question, ScriptArguments request, Reader<T> reader) {
        StoreUnavailableException refusal = inFlight.enter();
        return refusal != null
                ? CompletableFuture.failedFuture(refusal)
                : asked(question, request, reader, inFlight::leave);
    }

    /** @param leave runs just before the answer */
    private <T> CompletionStage<T> asked(Question question, ScriptArguments request, Reader<T> reader, Runnable leave) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Stages.begin(question::ask).whenComplete((parts, failure) -> {
            leave.run();
            if (failure == null) {
                answer(answer, parts, request, reader);
            } else {
                answer.completeExceptionally(reason(failure, request));
            }
        });
        return answer;
    }

    private <T> void answer(
            CompletableFuture<T> answer, List<Object> parts, ScriptArguments request, Reader<T> reader) {
        outages.answered();
        T value;
        try {
            value = reader.read(new ScriptReply(parts));
        } catch (ForeignValueException e) {
            answer.completeExceptionally(foreign(request, String.valueOf(e.getMessage())));
            return;
        } catch (Exception | Error e) {
            answer.completeExceptionally(e);
            return;
        }
        answer.complete(value);
    }

    private Exception reason(Throwable failure, ScriptArguments request) {
        Throwable cause = Causes.of(failure);
        if (cause instanceof StoreUnavailableException unavailable) {
            return unavailable;
        }
        if (RedisOutageLog.isOutage(cause)) {
            return outages.unavailable(cause);
        }
        outages.answered();
        String message = String.valueOf(cause.getMessage());
        if (message.startsWith(FOREIGN)) {
            return foreign(request, message.substring(FOREIGN.length()));
        }
        return message.startsWith("WRONGTYPE")
                ? foreign(request, message)
                : new IllegalStateException("store operation failed: " + message, cause);
    }

    private static ForeignValueException foreign(ScriptArguments request, String what) {
        return foreign(what.startsWith("{") ? what : String.join(" or ", request.keys()) + ": " + what);
    }

    /** Reports it. @param what the key, and what is there */
    static ForeignValueException foreign(String what) {
        ForeignValueException foreign = new ForeignValueException("Redis holds what is not ours under " + what
                + "; nothing was overwritten; look at that key, or use another realm or database (store.redis.uri)");
        log.error("{}", foreign.getMessage());
        return foreign;
    }

    private interface Question {
        CompletionStage<List<Object>> ask();
    }
}
