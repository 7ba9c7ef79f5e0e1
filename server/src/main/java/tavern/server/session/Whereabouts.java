package tavern.server.session;

import org.jspecify.annotations.Nullable;
import tavern.server.cluster.Node;
import tavern.server.room.MoveSlot;
import tavern.server.room.Room;

/**
 * Where the player of a session is: in no room, in one, on the way from one to another, or in one that another server has.
 * Confined to the lane, except where marked.
 */
final class Whereabouts {
    private final Sessions sessions;
    private final Session session;
    private final SessionLink link;

    /** Volatile for other readers. */
    private volatile @Nullable Room room;

    private boolean moving;

    /** The player's room has moved, and the session has not followed yet. The inbox is frozen meanwhile. */
    private @Nullable WaitingSeat waitingSeat;

    /** How often the client was sent after that seat. */
    private int seatSends;

    /** P-106: the room whose seat was given up, of which the client may not have heard; empty for none. */
    private String lostRoom;

    /** Where the room with the waiting seat sends the player; the first such order counts. */
    private @Nullable Runnable onceSeated;

    Whereabouts(
            Sessions sessions, Session session, SessionLink link, @Nullable WaitingSeat waitingSeat, String lostRoom) {
        this.sessions = sessions;
        this.session = session;
        this.link = link;
        this.waitingSeat = waitingSeat;
        this.lostRoom = lostRoom;
    }

    /** Null in no room of this server. Safe on any thread. */
    @Nullable
    Room room() {
        return room;
    }

    // ---- from room to room ----

    /** Returns whether the player is moving from one room to another, at anybody's request. */
    boolean isMoving() {
        return moving;
    }

    /** One move at a time: the inbox is held meanwhile. */
    void beginMoving() {
        moving = true;
    }

    /** The move has ended, successfully or not: the client's requests that came meanwhile are carried out now. */
    void endMoving() {
        moving = false;
        link.release();
    }

    /**
     * The player is joining this room: from now on, what else happens to the player is passed to it, behind the join.
     */
    void entering(Room into) {
        noWaitingSeat();
        room = into;
    }

    /** The player has a seat, perhaps one from before. */
    void entered(Room into, MoveSlot moves) {
        lostRoom = "";
        link.become(connection -> new RoomStage(sessions, session, connection, into, moves));
    }

    /** The player got no seat. */
    void notEntered(Room into) {
        if (room == into) {
            room = null;
        }
    }

    void left(Room from) {
        if (room != from) {
            return;
        }
        session.note(Journal.What.LEFT, "");
        room = null;
        if (!session.isEnded()) {
            toLobby();
        }
    }

    private void toLobby() {
        link.become(connection -> new LobbyStage(sessions, session, connection));
    }

    // ---- a room that moves between servers ----

    /** The room has moved with the player's seat. @return false when the player is not there any more */
    boolean moved(Room from, Node to) {
        if (room != from) {
            return false;
        }
        room = null;
        waitingSeat = new WaitingSeat(from.id(), to);
        seatSends = 0;
        toLobby();
        return true;
    }

    @Nullable
    WaitingSeat waitingSeat() {
        return waitingSeat;
    }

    /** The client is about to be sent after the waiting seat. @return how often it was before */
    int sentAfterSeat() {
        return seatSends++;
    }

    /** The room in which the player is sends the player to another one. */
    void send(Runnable move) {
        if (waitingSeat == null) {
            move.run();
        } else if (onceSeated == null) {
            // The room that sends the player on has given the seat that waited, and the lane does not know of it yet.
            onceSeated = move;
        }
    }

    /** The player stays here, without the room. */
    void giveUpSeat() {
        if (waitingSeat != null) {
            lostRoom = waitingSeat.room().name();
            noWaitingSeat();
        }
    }

    String lostRoom() {
        return lostRoom;
    }

    /** The seat on the other server is given up, or taken. */
    void noWaitingSeat() {
        if (waitingSeat != null) {
            waitingSeat = null;
            onceSeated = null;
            link.thaw();
        }
    }

    /** The session has come from another server, and its seat waited here. */
    void seated(Room there) {
        Runnable next = onceSeated;
        noWaitingSeat();
        lostRoom = "";
        room = there;
        if (next != null) {
            next.run();
        }
    }
}
