package tavern.server.ops;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;
import tavern.server.books.BooksUnavailableException;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.guard.PacedLog;
import tavern.server.operators.OperatorException;
import tavern.server.room.Rooms;
import tavern.server.store.BackupRefusedException;
import tavern.server.store.StoreUnavailableException;

/** The answers to operators when something went wrong: a status, a code for scripts, and a sentence. */
final class ErrorAnswers {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(ErrorAnswers.class));

    private ErrorAnswers() {}

    static void answer(Context context, Throwable failure) {
        RequestRefusedException refused = refused(failure);
        if (refused.status() == 500) {
            log.error("{} {} failed: trace {}", context.method(), context.path(), Trace.of(context), failure);
        }
        if (refused.retryAfterSeconds() > 0) {
            context.header("Retry-After", Long.toString(refused.retryAfterSeconds()));
        }
        if (refused.status() == 401) {
            context.header("WWW-Authenticate", "Bearer");
        }
        if (refused.details().get("version") instanceof String version && !version.isEmpty()) {
            context.header("ETag", '"' + version + '"');
        }
        context.status(refused.status())
                .contentType("application/json")
                .result(Json.error(refused.code(), text(refused, context), refused.details()));
    }

    /** For an internal error, adds the trace id, by which the log has further information. */
    private static String text(RequestRefusedException refused, Context context) {
        return refused.status() == 500 ? refused.text() + " under " + Trace.of(context) : refused.text();
    }

    static String text(Throwable failure) {
        return refused(failure).text();
    }

    private static RequestRefusedException refused(Throwable failure) {
        if (failure instanceof RequestRefusedException refused) {
            return refused;
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return refused(failure.getCause());
        }
        if (failure instanceof StoreUnavailableException) {
            return new RequestRefusedException(503, "UNAVAILABLE", "the store does not answer; try again", 1);
        }
        if (failure instanceof OperatorException operator) {
            return refused(operator);
        }
        if (failure instanceof FeedUnavailableException away) {
            return new RequestRefusedException(503, "UNAVAILABLE", away.text(), 1);
        }
        if (failure instanceof BooksUnavailableException) {
            return new RequestRefusedException(503, "UNAVAILABLE", String.valueOf(failure.getMessage()), 1);
        }
        if (failure instanceof TimeoutException) {
            return new RequestRefusedException(504, "NO_ANSWER", "no answer in time; it may still be carried out");
        }
        if (failure instanceof Rooms.TooManyRoomsException tooMany) {
            return RequestRefusedException.conflict(tooMany.text());
        }
        if (failure instanceof tavern.game.RefusedException) {
            return RequestRefusedException.conflict(String.valueOf(failure.getMessage()));
        }
        if (failure instanceof HeldElsewhereException) {
            return RequestRefusedException.conflict(String.valueOf(failure.getMessage()));
        }
        if (failure instanceof IllegalArgumentException || failure instanceof BackupRefusedException) {
            return RequestRefusedException.conflict(String.valueOf(failure.getMessage()));
        }
        if (failure instanceof HttpResponseException http && http.getStatus() < 500) {
            return new RequestRefusedException(http.getStatus(), code(http.getStatus()), sentence(http.getStatus()));
        }
        return new RequestRefusedException(500, "INTERNAL", "internal error; see the server's log");
    }

    private static RequestRefusedException refused(OperatorException failure) {
        String text = String.valueOf(failure.getMessage());
        return switch (failure.reason()) {
            case BAD -> RequestRefusedException.badRequest(text);
            // Not 401: the session of somebody who mistypes their password goes on.
            case WRONG -> new RequestRefusedException(403, "WRONG_CREDENTIALS", text);
            case THROTTLED -> new RequestRefusedException(429, "LOCKED_OUT", text, failure.retryAfterSeconds());
            case UNKNOWN -> RequestRefusedException.notFound(text);
            case CONFLICT -> RequestRefusedException.conflict(text);
            case BUSY -> new RequestRefusedException(503, "BUSY", text, failure.retryAfterSeconds());
        };
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
            case 404 -> "no such path; /api/v1/openapi.json lists all of them";
            case 405 -> "this path does not support this method";
            case 413 -> "the body must have at most " + OpsServer.BODY_BYTES_MAX + " bytes";
            default -> "the request cannot be understood";
        };
    }
}
