package tavern.server.room;

/** The room's callbacks to a session that resumes over another connection. Called on the room's thread, once. */
public interface Resumption {
    /** The reason why the session cannot resume. */
    enum Refusal {
        /** The member has no seat in this room any more. */
        NO_SEAT,
        /** The room no longer has all the events that the client missed. */
        MISSED_TOO_MUCH
    }

    /** The session resumes: sends {@code Welcome} and the personal events, before the room sends its own. */
    void accepted();

    void refused(Refusal why);
}
