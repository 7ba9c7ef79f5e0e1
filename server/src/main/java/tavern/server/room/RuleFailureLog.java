package tavern.server.room;

import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.guard.PacedLog;

/**
 * Handles exceptions thrown by rules: the room stays open, the player is given the name of the action, and the log has
 * a line with that name. Nobody can fill the log from outside: after the first few, only each doubling of the count
 * logs a stack trace, and the number of lines a second is limited.
 */
@OnRoomThread
final class RuleFailureLog {
    private static final int TRACES_MAX = 16;

    /** Their number is bounded by the doubling. */
    private static final PacedLog traces =
            PacedLog.perSecond(LoggerFactory.getLogger(RuleFailureLog.class), Integer.MAX_VALUE);

    private final RoomId room;
    private final RoomMetrics metrics;
    private final PacedLog repeats = PacedLog.perSecond(LoggerFactory.getLogger(RuleFailureLog.class));
    private int count;

    RuleFailureLog(RoomId room, RoomMetrics metrics) {
        this.room = room;
        this.metrics = metrics;
    }

    /** Whatever a task throws, the room keeps running. A heap that is used up ends the process (bin/server). */
    @SuppressWarnings("IllegalCatch")
    void guard(Runnable task, String doing) {
        try {
            task.run();
        } catch (Throwable e) {
            report(e, doing, "");
        }
    }

    /** Logs the failure, and returns the message for the player. */
    ServerMessage answer(Throwable failure, String doing, RoomMember asker, int seq) {
        String action = asker.action(seq);
        report(failure, doing, action);
        return Wire.error(seq, ErrorCode.INTERNAL, "the server failed at this; see its log under " + action, 0);
    }

    /** @param action a player's action by its name, or empty when the room itself was acting */
    void report(Throwable failure, String doing, String action) {
        count++;
        metrics.failures.increment();
        String id = room + "-" + count;
        String of = action.isEmpty() ? "" : ", action " + action;
        if (count <= TRACES_MAX || Integer.bitCount(count) == 1) {
            traces.error("failure {}: room {} failed at {}{}", id, room, doing, of, failure);
        } else {
            repeats.error(
                    "failure {}: room {} failed at {}{} again: {}", id, room, doing, of, PacedLog.describe(failure));
        }
    }
}
