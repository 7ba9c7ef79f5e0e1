package tavern.server.game;

import tavern.protocol.v1.ErrorCode;

/** Why a request cannot be done. */
record Refusal(ErrorCode code, String text) {
    static final Refusal NOT_FOUND = new Refusal(ErrorCode.TRADE_NOT_FOUND, "no such open trade for this player");
    static final Refusal ID_REUSED =
            new Refusal(ErrorCode.TRADE_ID_REUSED, "this trade id was used before, with other contents");
    static final Refusal LEFT = new Refusal(
            ErrorCode.NOT_IN_ROOM, "left the room; what is under way goes on, and its outcome follows as an event");
    static final Refusal STORE_SILENT =
            new Refusal(ErrorCode.UNAVAILABLE, "the store does not answer; ask again with the same trade id");
}
