package tavern.server.store;

import tavern.game.RoomId;

/** Another node owns the room by now. The caller must stop running it. */
public final class StaleFenceException extends Exception {
    private static final long serialVersionUID = 1;

    public StaleFenceException(RoomId room, long fence, long newest) {
        super("room " + room + ": fence " + fence + " is older than " + newest, null, false, false);
    }
}
