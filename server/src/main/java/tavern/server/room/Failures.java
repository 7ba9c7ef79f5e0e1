package tavern.server.room;

import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.RoomId;

/**
 * What to do when rules throw: the room lives on, the player gets the name of the action, and the log has a line with it.
 * Nobody can fill the log from outside: after the first few, only each doubling comes with its stack trace, and no more
 * than some lines a second come at all.
 */
@OnRoomThread
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final int TRACES_MAX = 16;
    private static final int LINES_A_SECOND = 10;

    private final RoomId room;
    private final RoomMetrics metrics;
    private final InstantSource clock;
    private int count;
    private long second;
    private int lines;

    Failures(RoomId room, RoomMetrics metrics, InstantSource clock) {
        this.room = room;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Reports it, and makes what the player is told. */
    ServerMessage answer(Throwable failure, String doing, Member asker, int seq) {
        String action = asker.action(seq);
        report(failure, doing, action);
        return Wire.error(seq, ErrorCode.INTERNAL, "the server failed at this; its log knows more under " + action, 0);
    }

    /** @param action of a player, by its name; empty: it was the room's own doing */
    void report(Throwable failure, String doing, String action) {
        count++;
        metrics.failures.increment();
        String id = room + "-" + count;
        String of = action.isEmpty() ? "" : ", action " + action;
        if (count <= TRACES_MAX || Integer.bitCount(count) == 1) {
            log.error("failure {}: room {} failed at {}{}", id, room, doing, of, failure);
        } else if (mayLog()) {
            log.error("failure {}: room {} failed at {}{} again: {}", id, room, doing, of, failure.toString());
        }
    }

    private boolean mayLog() {
        long now = clock.millis() / 1_000;
        if (now != second) {
            second = now;
            lines = 0;
        }
        return lines++ < LINES_A_SECOND;
    }
}
