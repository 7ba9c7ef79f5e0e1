package tavern.server.room;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Passes the newest move of one member from the thread of its connection to the thread of its room, without a lock, a
 * queue, a wake-up or garbage.
 *
 * <p>A sequence lock with one writer and one reader: the version is odd while the writer is at work, and a reader that
 * saw it change reads again (at the next tick, if need be).
 */
public final class MoveSlot {
    private static final int READ_ATTEMPTS = 4;
    private static final VarHandle VERSION;

    static {
        try {
            VERSION = MethodHandles.lookup().findVarHandle(MoveSlot.class, "version", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final DirtyFlag dirty;
    private int version;
    private int seq;
    private int x;
    private int y;
    private int versionTaken;

    /** Created by {@link Room#moveSlot}. @param dirty of the room */
    MoveSlot(DirtyFlag dirty) {
        this.dirty = dirty;
    }

    /** Confined to the connection's thread. */
    public void put(int seq, int x, int y) {
        int before = version;
        VERSION.setOpaque(this, before + 1);
        VarHandle.storeStoreFence();
        this.seq = seq;
        this.x = x;
        this.y = y;
        // Volatile, like the flag and the reader's check: either the room sees the move, or this thread sees that the
        // flag was taken.
        VERSION.setVolatile(this, before + 2);
        dirty.set();
    }

    /** Returns whether the newest move has been taken. */
    @OnRoomThread
    boolean isEmpty() {
        return (int) VERSION.getVolatile(this) == versionTaken;
    }

    /** Gives the newest move to the sink, unless it was taken before. */
    @OnRoomThread
    void take(Sink sink) {
        for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
            int before = (int) VERSION.getVolatile(this);
            if (before == versionTaken) {
                return;
            }
            int takenSeq = seq;
            int takenX = x;
            int takenY = y;
            VarHandle.loadLoadFence();
            if ((before & 1) == 0 && (int) VERSION.getOpaque(this) == before) {
                versionTaken = before;
                sink.move(takenSeq, takenX, takenY);
                return;
            }
        }
    }

    @FunctionalInterface
    interface Sink {
        void move(int seq, int x, int y);
    }
}
