package tavern.server.ops;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One line of the API.
 *
 * @param role that it takes; null: anybody
 * @param openLocally programs on this machine may do without a token
 * @param fields what it can be told, apart from which nothing is accepted
 */
record Route(
        HandlerType method,
        String path,
        @Nullable Role role,
        boolean openLocally,
        String summary,
        List<Field> fields,
        Handler handler) {
    /** What a route does. */
    sealed interface Handler permits Answer, Direct {}

    /** Answers with something that becomes JSON. On a thread of the API's own; does not wait. */
    @FunctionalInterface
    non-sealed interface Answer extends Handler {
        CompletionStage<?> to(Call call);
    }

    /** Writes its answer itself. */
    @FunctionalInterface
    non-sealed interface Direct extends Handler {
        void to(Context context, Call call) throws Exception;
    }

    static Route get(String path, @Nullable Role role, String summary, List<Field> fields, Answer answer) {
        return new Route(HandlerType.GET, path, role, false, summary, fields, answer);
    }

    static Route direct(
            String path, @Nullable Role role, boolean openLocally, String summary, List<Field> fields, Direct direct) {
        return new Route(HandlerType.GET, path, role, openLocally, summary, fields, direct);
    }

    static Route post(String path, Role role, String summary, List<Field> fields, Answer answer) {
        return new Route(HandlerType.POST, path, role, false, summary, fields, answer);
    }
}
