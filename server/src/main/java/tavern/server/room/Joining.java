package tavern.server.room;

/** How a join ended. */
public enum Joining {
    SEATED,
    FULL,
    /** It is not sure whose the room is: not now. */
    SUSPENDED,
    /** The room closed meanwhile: open it again. */
    CLOSED,
    /** The session ended meanwhile. */
    ENDED,
    FAILED
}
