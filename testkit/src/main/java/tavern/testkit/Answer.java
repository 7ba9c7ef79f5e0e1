package tavern.testkit;

import tavern.protocol.v1.ErrorCode;

/**
 * What a player was answered.
 *
 * @param text for people; empty when it was done
 */
public record Answer(ErrorCode code, String text) {
    static final Answer DONE = new Answer(ErrorCode.OK, "");

    public boolean isDone() {
        return code == ErrorCode.OK;
    }
}
