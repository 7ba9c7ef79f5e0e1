package tavern.server.ops;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.guard.Vitals;

/** State and commands of the server as a whole. Safe on any thread; methods do not block. */
public interface ServerControl {
    /** The state of the process. */
    Vitals vitals();

    /** What keeps the ledger from being archived, in words; null if nothing does, or nothing is archived. */
    @Nullable
    String archiveTrouble();

    /** The number of players' connections. */
    int connections();

    /** Whether the server drains: it accepts no more players; rooms finish what they began, and close. */
    boolean isDraining();

    /** Starts to drain, or continues; completes when all rooms have closed and all sessions have ended. */
    CompletionStage<Void> drain();
}
