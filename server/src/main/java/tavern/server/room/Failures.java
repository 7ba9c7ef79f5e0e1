package tavern.server.room;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.RoomId;

/**
 * What to do when rules throw: the room lives on, the player gets an id, and the log has the stack trace under it.
 * Nobody can fill the log from outside: after the first few, only each doubling is logged.
 */
@OnRoomThread
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);
    private static final int ALL_LOGGED_MAX = 16;

    private final RoomId room;
    private final RoomMetrics metrics;
    private int count;

    Failures(RoomId room, RoomMetrics metrics) {
        this.room = room;
        this.metrics = metrics;
    }

    ServerMessage answer(Throwable failure, String doing, int seq) {
        String text = "the server failed at this; its log knows more under " + report(failure, doing);
        return Wire.error(seq, ErrorCode.INTERNAL, text, 0);
    }

    String report(Throwable failure, String doing) {
        count++;
        metrics.failures.increment();
        String id = room + "-" + count;
        if (count <= ALL_LOGGED_MAX || Integer.bitCount(count) == 1) {
            log.error("failure {}: room {} failed at {}", id, room, doing, failure);
        }
        return id;
    }
}
