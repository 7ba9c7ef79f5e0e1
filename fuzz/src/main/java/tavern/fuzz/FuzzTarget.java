package tavern.fuzz;

import java.util.List;

/** A part of Tavern that reads bytes which anybody may have written. Instances are confined to one thread. */
public interface FuzzTarget extends AutoCloseable {
    /** What the command calls it. */
    String name();

    /** What is read, in a few words. */
    String describe();

    /** Inputs from which others are made: valid ones, and those that were found to be wrong once. */
    List<byte[]> seeds();

    /**
     * Reads an input. Whatever it is, it is either understood or refused in the way that the part promises.
     *
     * @throws AssertionError when a promise is broken; any other throwable is a fault too
     */
    void run(byte[] input) throws Exception;

    @Override
    default void close() {}
}
