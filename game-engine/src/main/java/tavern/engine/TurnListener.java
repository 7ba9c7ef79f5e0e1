package tavern.engine;

import java.util.function.Supplier;

/** Hears what becomes of a room's turns, for measuring. Called on the room's thread, in the middle of its work: it must not call the room. */
public interface TurnListener {
    /** Nobody wants to know. */
    TurnListener NONE = new TurnListener() {
        @Override
        public void begins() {}

        @Override
        public void ends(Supplier<String> what) {}

        @Override
        public void putOff(Supplier<String> what) {}

        @Override
        public void decided(TurnOutcome outcome) {}

        @Override
        public void recomputes(int turns) {}
    };

    /** The game is called for a turn now: {@link #ends} or {@link #putOff} follows. */
    void begins();

    /**
     * The turn that has begun is computed, or has failed.
     *
     * @param what names it, for people
     */
    void ends(Supplier<String> what);

    /**
     * The turn that has begun could not be computed yet: it asks for something to be read first, or waits for commits under way. It
     * begins again.
     *
     * @param what names it, for people
     */
    void putOff(Supplier<String> what);

    /** A turn is over. */
    void decided(TurnOutcome outcome);

    /** So many turns have to be computed again, since one before them was refused. */
    void recomputes(int turns);
}
