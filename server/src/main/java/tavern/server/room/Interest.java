package tavern.server.room;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decides which members are sent whose places, and carries everything that goes to all members. Events go to everybody;
 * an entity's place goes to those who see it.
 */
@OnRoomThread
interface Interest {
    // ---- what happens ----

    /** The entity came into the room. */
    void place(int id, int x, int y, int seq);

    void moved(int id, int x, int y, int seq);

    /** The entity is gone: nothing more about it is sent. */
    void remove(int id);

    /** P-84: there is an NPC from now on. */
    void appear(int id, int kind, int x, int y);

    /** P-84: an NPC is gone. Its id must not be given again before the next {@link #tick} has told so. */
    void vanish(int id);

    /** P-85: an attribute of an NPC or a player has another value. */
    void attribute(int id, int attribute, long value);

    // ---- who is told ----

    /** The seat's outlet has the state as of {@link #asOf}, and is sent all changes from now on. */
    void watch(Seat seat, Outlet outlet);

    void unwatch(Seat seat, Outlet outlet);

    /** Everybody has left. */
    void clear();

    /** Returns whether the seat's member has been sent the entity's place, or will be with its state. */
    boolean sees(Seat seat, int entity);

    /** The tick of the newest snapshot for the seat: the seat's state is as of this tick. */
    int asOf(Seat seat);

    /** P-36: the size of a cell in 1/16 of a unit, or 0 when everybody sees everybody. */
    int cellSize();

    // ---- sending ----

    /** Queues an event for everybody present at the next flush. Takes ownership of the frame. */
    void event(ByteBuf frame);

    /**
     * P-86: queues an event that the next tick sends, after its snapshot, to those who are not behind. Takes ownership of the
     * frame.
     *
     * @param to null for everybody
     */
    void volatileEvent(ByteBuf frame, @Nullable Outlet to);

    /** Sends the queued events. @return whether there were any */
    boolean flush();

    /** Adds the queued events and the moves since the tick before to the batch. */
    void tick(int tick, SendBatch batch);

    /**
     * Returns whether a tick would have nothing to send if nobody has moved: no event is queued, and nobody may be
     * behind.
     */
    boolean isAtRest();

    /** Sends the queued events, and the full state to everybody. */
    void refresh();
}
