package tavern.server.room;

/** What a session does before the room's part of a resume. */
public interface Resumption {
    /** Sends {@code Welcome} and the personal events. Called on the room's thread. @return whether it may go on */
    boolean welcome();

    /** The room cannot replay, or has no seat for the member. Called on the room's thread. */
    void refused();
}
