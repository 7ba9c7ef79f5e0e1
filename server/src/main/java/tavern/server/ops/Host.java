package tavern.server.ops;

import java.util.concurrent.CompletionStage;

/** The server that is watched, as far as it is more than its parts. Any thread; nothing blocks. */
public interface Host {
    /** Connections of players. */
    int connections();

    /** No more players are taken; rooms finish what they began, and close. */
    boolean isDraining();

    /** Begins to drain, or goes on with it; completes when all rooms have closed and all sessions have ended. */
    CompletionStage<Void> drain();
}
