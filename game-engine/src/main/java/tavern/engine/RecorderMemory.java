package tavern.engine;

/** The memory that recordings share. Safe on any thread. */
public interface RecorderMemory {
    /** As much as is asked for. */
    RecorderMemory UNBOUNDED = new RecorderMemory() {
        @Override
        public boolean take(long bytes) {
            return true;
        }

        @Override
        public void give(long bytes) {}
    };

    /** Returns false, and takes nothing, when there is not as much. */
    boolean take(long bytes);

    void give(long bytes);
}
