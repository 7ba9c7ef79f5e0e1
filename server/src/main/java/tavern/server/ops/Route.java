package tavern.server.ops;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.operators.Right;

/**
 * One route of the API.
 *
 * @param right the right that it requires, or null for none
 * @param openLocally whether programs on this machine may use it without a token
 * @param fields its parameters; no others are accepted
 */
record Route(
        HandlerType method,
        String path,
        @Nullable Right right,
        boolean openLocally,
        String summary,
        List<Field> fields,
        Handler handler) {
    /** Handles the requests of a route. */
    sealed interface Handler permits Answer, Direct {}

    /** Returns an object that becomes JSON. Called on one of the API's own threads; must not block. */
    @FunctionalInterface
    non-sealed interface Answer extends Handler {
        CompletionStage<?> to(ApiRequest call);
    }

    /** Writes the answer itself. */
    @FunctionalInterface
    non-sealed interface Direct extends Handler {
        void to(Context context, ApiRequest call) throws Exception;
    }

    static Route get(String path, @Nullable Right right, String summary, List<Field> fields, Answer answer) {
        return new Route(HandlerType.GET, path, right, false, summary, fields, answer);
    }

    static Route direct(
            String path,
            @Nullable Right right,
            boolean openLocally,
            String summary,
            List<Field> fields,
            Direct direct) {
        return new Route(HandlerType.GET, path, right, openLocally, summary, fields, direct);
    }

    static Route post(String path, @Nullable Right right, String summary, List<Field> fields, Answer answer) {
        return new Route(HandlerType.POST, path, right, false, summary, fields, answer);
    }
}
