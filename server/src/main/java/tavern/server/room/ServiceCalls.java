package tavern.server.room;

import java.util.concurrent.CompletableFuture;
import tavern.game.Reply;

/** The services that games can call. Safe on any thread. */
@FunctionalInterface
public interface ServiceCalls {
    /** There are no services. */
    ServiceCalls NONE = call -> CompletableFuture.completedFuture(notConfigured(call.service()));

    /**
     * Calls a service, several times if need be. Bounded in time, and never completes with a failure; who is not interested in
     * the reply any more cancels it.
     */
    CompletableFuture<Reply> call(ServiceCall call);

    static Reply notConfigured(String service) {
        return new Reply.Failed(
                Reply.Cause.NOT_CONFIGURED,
                "there is no service " + service + " in games.services of the configuration");
    }
}
