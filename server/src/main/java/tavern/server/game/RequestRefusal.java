package tavern.server.game;

import tavern.protocol.v1.ErrorCode;

/** The error that answers a refused request. */
record RequestRefusal(ErrorCode code, String text) {
    static final RequestRefusal NOT_FOUND =
            new RequestRefusal(ErrorCode.TRADE_NOT_FOUND, "no such open trade for this player");
    static final RequestRefusal ID_REUSED =
            new RequestRefusal(ErrorCode.TRADE_ID_REUSED, "this trade id was used before, with other contents");
    /** P-14: not one that says "not done", for what is under way goes on. */
    static final RequestRefusal LEFT = new RequestRefusal(
            ErrorCode.UNAVAILABLE, "left the room; what is under way goes on, and its outcome follows as an event");

    static final RequestRefusal STORE_SILENT =
            new RequestRefusal(ErrorCode.UNAVAILABLE, "the store does not answer; ask again with the same trade id");
}
