package tavern.server.room;

import io.micrometer.core.instrument.Counter;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.guard.PacedLog;
import tavern.server.time.MonotonicClock;

/**
 * Finds calls of a room's game that take too long: they are logged, and counted by the room's type. Nothing stops them, since
 * Java cannot end code that does not want to; meanwhile all else on the room's thread waits.
 */
@OnRoomThread
final class SlowCalls {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(SlowCalls.class));

    /** The time from one tick to the next at the default rate. */
    static final long MILLIS_MAX = 50;

    private final RoomId room;
    private final String type;
    private final MonotonicClock clock;
    private final Counter slow;

    SlowCalls(RoomId room, String type, RoomServices services) {
        this.room = room;
        this.type = type;
        this.clock = services.clocks().monotonic();
        this.slow = services.metrics().slowCalls(type);
    }

    /** @param method of the game, for the log */
    <T> T time(String method, Supplier<T> call) {
        long began = clock.millis();
        try {
            return call.get();
        } finally {
            long took = clock.millis() - began;
            if (took > MILLIS_MAX) {
                slow.increment();
                log.warn(
                        "{} of the game took {} ms in room {} of type {}, more than {}, and held up everything else on its"
                                + " thread; a game must only compute, and not wait; rooms of games that compute for long need"
                                + " room.threads",
                        method,
                        took,
                        room,
                        type,
                        MILLIS_MAX);
            }
        }
    }
}
