package tavern.server.session;

import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.guard.PacedLog;
import tavern.server.room.Wire;
import tavern.server.store.StoreUnavailableException;

/** Tells a player that something behind the server did not work. */
final class Failure {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(Failure.class));
    private static final long RETRY_MILLIS = 1_000;

    private Failure() {}

    /** @param action the name under which the log has it */
    static ServerMessage answer(int seq, Supplier<String> action, Throwable cause) {
        if (cause instanceof StoreUnavailableException unavailable) {
            return Wire.error(seq, ErrorCode.UNAVAILABLE, "the store does not answer", unavailable.retryAfterMillis());
        }
        if (cause instanceof TimeoutException) {
            return Wire.error(seq, ErrorCode.UNAVAILABLE, "the store does not answer", RETRY_MILLIS);
        }
        String name = action.get();
        log.error("a request failed: action {}", name, cause);
        return Wire.error(seq, ErrorCode.INTERNAL, "the server failed at this; see its log under " + name, 0);
    }
}
