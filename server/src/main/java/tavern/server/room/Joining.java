package tavern.server.room;

/** How a join ended. */
public enum Joining {
    SEATED,
    FULL,
    /** It is not certain that this server still owns the room: the join cannot be done now. */
    SUSPENDED,
    /** The room did not come to it in time, as it stands still on its way to another server: the join is not done any more. */
    HELD_UP,
    /** The room is closing; it can be opened again once it is closed. */
    CLOSED,
    /** The session ended before it got a seat, or the room's game put the player out at once: there is nothing to answer. */
    ENDED,
    FAILED
}
