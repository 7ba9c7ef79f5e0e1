package tavern.protocol;

import tavern.protocol.v1.ErrorCode;

/** Constants of the protocol that both sides need. The rules are in {@code docs/PROTOCOL.md}. */
public final class Protocol {
    /** P-6: the oldest version that this build speaks. */
    public static final int VERSION_MIN = 2;

    /** P-6: the newest version that this build speaks. */
    public static final int VERSION_MAX = 2;

    /** P-30: fixed-point steps in one unit of the map. */
    public static final int STEPS_PER_UNIT = 16;

    private Protocol() {}

    /** P-40: whether the connection closes after this error. */
    public static boolean closesConnection(ErrorCode code) {
        return family(code) >= 1 && family(code) <= 3;
    }

    /** P-40: whether the session ends with this error, so that it cannot be resumed. */
    public static boolean endsSession(ErrorCode code) {
        return family(code) == 1 || family(code) == 2;
    }

    private static int family(ErrorCode code) {
        return code == ErrorCode.UNRECOGNIZED ? 7 : code.getNumber() / 100;
    }
}
