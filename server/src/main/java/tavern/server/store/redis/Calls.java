package tavern.server.store.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.Admission;
import tavern.server.store.Causes;
import tavern.server.store.StoreUnavailableException;

/** Asks Redis, and turns what it says, or that it says nothing, into what the port promises. Any thread. */
final class Calls {
    /** Makes the port's answer. */
    interface Reader<T> {
        T read(Reply reply) throws Exception;
    }

    /** The answer of what has none. */
    @SuppressWarnings("NullAway") // Void has no value but null
    static final Void DONE = null;

    private static final Logger log = LoggerFactory.getLogger(Calls.class);

    /** What our scripts begin the error with that names a key. */
    private static final String FOREIGN = "FOREIGN ";

    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Admission admission;
    private final Outages outages;

    Calls(RedisClusterAsyncCommands<byte[], byte[]> redis, Admission admission, Outages outages) {
        this.redis = redis;
        this.admission = admission;
        this.outages = outages;
    }

    <T> CompletionStage<T> run(Script script, Request request, Reader<T> reader) {
        return admitted(() -> evaluate(script, request), request, reader);
    }

    <T> CompletionStage<T> send(CommandType command, Request request, Reader<T> reader) {
        return admitted(() -> dispatch(command, request.plain()), request, reader);
    }

    /** So that the first use needs no second question. */
    CompletionStage<Void> load(Script script) {
        return admitted(() -> redis.scriptLoad(script.text()).thenApply(List::<Object>of), Request.of(), reply -> DONE);
    }

    private <T> CompletionStage<T> admitted(Question question, Request request, Reader<T> reader) {
        StoreUnavailableException refusal = admission.enter();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        asked(question).whenComplete((parts, failure) -> {
            admission.leave();
            if (failure == null) {
                answer(answer, parts, request, reader);
            } else {
                answer.completeExceptionally(reason(failure, request));
            }
        });
        return answer;
    }

    /** Lettuce says at once that it is closed, or full. */
    private static CompletionStage<List<Object>> asked(Question question) {
        try {
            return question.ask();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private <T> void answer(CompletableFuture<T> answer, List<Object> parts, Request request, Reader<T> reader) {
        outages.answered();
        T value;
        try {
            value = reader.read(new Reply(parts));
        } catch (ForeignValueException e) {
            answer.completeExceptionally(foreign(request, String.valueOf(e.getMessage())));
            return;
        } catch (Exception | Error e) {
            answer.completeExceptionally(e);
            return;
        }
        answer.complete(value);
    }

    /** Scripts are gone after a restart of Redis: then it is said in full, once, and known again. */
    private CompletionStage<List<Object>> evaluate(Script script, Request request) {
        return dispatch(CommandType.EVALSHA, request.call(script, false))
                .exceptionallyCompose(failure -> Causes.of(failure) instanceof RedisNoScriptException
                        ? dispatch(CommandType.EVAL, request.call(script, true))
                        : CompletableFuture.failedFuture(failure));
    }

    private CompletionStage<List<Object>> dispatch(CommandType command, CommandArgs<byte[], byte[]> args) {
        return redis.dispatch(command, new NestedMultiOutput<>(ByteArrayCodec.INSTANCE), args);
    }

    private Exception reason(Throwable failure, Request request) {
        Throwable cause = Causes.of(failure);
        if (Outages.isOutage(cause)) {
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

    private static ForeignValueException foreign(Request request, String what) {
        ForeignValueException foreign = new ForeignValueException("Redis holds what is not ours under "
                + (what.startsWith("{") ? what : String.join(" or ", request.keys()) + ": " + what)
                + "; nothing was overwritten; look at that key, or use another realm or database (store.redis.uri)");
        log.error("{}", foreign.getMessage());
        return foreign;
    }

    private interface Question {
        CompletionStage<List<Object>> ask();
    }
}
