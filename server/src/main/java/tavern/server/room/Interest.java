package tavern.server.room;

import io.netty.buffer.ByteBuf;

/**
 * Who is told of whose places, and the way of all that goes to all members. Events go to everybody; where somebody is,
 * to those who see it.
 */
@OnRoomThread
interface Interest {
    // ---- what happens ----

    /** The entity came into the room. */
    void place(int id, int x, int y, int seq);

    void moved(int id, int x, int y, int seq);

    /** The entity is gone: nothing of it goes out any more. */
    void remove(int id);

    // ---- who is told ----

    /** The seat's outlet has the state as of {@link #asOf} and gets from now on what changes. */
    void watch(Seat seat, Outlet outlet);

    void unwatch(Seat seat, Outlet outlet);

    /** Nobody is there any more. */
    void clear();

    /** Whether the seat's member has been told, or is to be told with its state, where the entity is. */
    boolean sees(Seat seat, int entity);

    /** The tick of the newest snapshot for the seat: its state is as of this. */
    int asOf(Seat seat);

    /** P-36: in 1/16 of a unit; 0: everybody sees everybody. */
    int cellSize();

    // ---- sending ----

    /** To all who are there at the next flush. The frame becomes ours. */
    void event(ByteBuf frame);

    /** Sends the events that wait. */
    void flush();

    /** Adds to the round what waits, and who has moved since the tick before. */
    void tick(int tick, Round round);

    /** Whether a tick would have nothing to send, if nobody has moved: no event waits, and nobody may be behind. */
    boolean isAtRest();

    /** Sends what waits, and the whole state to everybody. */
    void refresh();
}
