package tavern.server.ops;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.ops.books.BooksUnavailableException;
import tavern.server.room.Rooms;
import tavern.server.store.StoreUnavailableException;

/** What to tell an operator when something went wrong: a status, a code for scripts, and a sentence. */
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static void answer(Context context, Throwable failure) {
        RefusedException refused = refused(failure);
        if (refused.status() == 500) {
            log.error("{} {} failed: trace {}", context.method(), context.path(), Trace.of(context), failure);
        }
        if (refused.retryAfterSeconds() > 0) {
            context.header("Retry-After", Long.toString(refused.retryAfterSeconds()));
        }
        if (refused.status() == 401) {
            context.header("WWW-Authenticate", "Bearer");
        }
        context.status(refused.status())
                .contentType("application/json")
                .result(Json.error(refused.code(), text(refused, context)));
    }

    /** What the log knows more of is found there by its trace. */
    private static String text(RefusedException refused, Context context) {
        return refused.status() == 500 ? refused.text() + " under " + Trace.of(context) : refused.text();
    }

    static String text(Throwable failure) {
        return refused(failure).text();
    }

    private static RefusedException refused(Throwable failure) {
        if (failure instanceof RefusedException refused) {
            return refused;
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return refused(failure.getCause());
        }
        if (failure instanceof StoreUnavailableException) {
            return new RefusedException(503, "UNAVAILABLE", "the store does not answer; try again", 1);
        }
        if (failure instanceof FeedUnavailableException away) {
            return new RefusedException(503, "UNAVAILABLE", away.text(), 1);
        }
        if (failure instanceof BooksUnavailableException) {
            return new RefusedException(503, "UNAVAILABLE", String.valueOf(failure.getMessage()), 1);
        }
        if (failure instanceof TimeoutException) {
            return new RefusedException(504, "NO_ANSWER", "no answer in time; it may be carried out yet");
        }
        if (failure instanceof Rooms.TooManyRoomsException tooMany) {
            return RefusedException.conflict(tooMany.text());
        }
        if (failure instanceof HeldElsewhereException) {
            return RefusedException.conflict(String.valueOf(failure.getMessage()));
        }
        if (failure instanceof IllegalArgumentException) {
            return RefusedException.conflict(String.valueOf(failure.getMessage()));
        }
        if (failure instanceof HttpResponseException http && http.getStatus() < 500) {
            return new RefusedException(http.getStatus(), code(http.getStatus()), sentence(http.getStatus()));
        }
        return new RefusedException(500, "INTERNAL", "the server failed at this; its log knows more");
    }

    private static String code(int status) {
        return switch (status) {
            case 404 -> "NOT_FOUND";
            case 405 -> "METHOD_NOT_ALLOWED";
            case 413 -> "TOO_LARGE";
            default -> "BAD_REQUEST";
        };
    }

    private static String sentence(int status) {
        return switch (status) {
            case 404 -> "there is nothing here; /api/v1/openapi.json lists what there is";
            case 405 -> "this path is there, but not for this method";
            case 413 -> "the body may have " + OpsServer.BODY_BYTES_MAX + " bytes at most";
            default -> "the request cannot be understood";
        };
    }
}
