package tavern.server.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many committed trades may wait to be published: bounded both by a number of rows and by a number of bytes,
 * whichever is reached first. Bytes are estimated as rows times the average size of the rows that this server has
 * appended lately, so that they need not be counted; the estimate follows larger rows quickly and smaller ones slowly.
 * Safe on any thread.
 */
public final class OutboxBound {
    private static final long RETRY_AFTER_MILLIS = 2000;

    /** The size of a row without its texts: number, time, index, and the overhead of the store. */
    private static final int ROW_BYTES = 128;

    private static final int FIRST_BYTES = 512;
    private static final int FRACTION_BITS = 12;
    private static final int RISE_BITS = 4;

    private final long rowsMax;
    private final long bytesMax;

    /** The average size, in fractions of a byte. */
    private final AtomicLong rowSize = new AtomicLong((long) FIRST_BYTES << FRACTION_BITS);

    public OutboxBound(long rowsMax, long bytesMax) {
        this.rowsMax = rowsMax;
        this.bytesMax = bytesMax;
    }

    /**
     * Takes into account a row that is being added to the outbox.
     *
     * @param legsLength of the text of its legs, approximately
     */
    public void appending(String messageId, OutboxEvent event, int legsLength) {
        long size =
                (long) (ROW_BYTES + messageId.length() + event.routingKey().length() + event.body().length + legsLength)
                        << FRACTION_BITS;
        rowSize.updateAndGet(average -> average + ((size - average) >> (size > average ? RISE_BITS : FRACTION_BITS)));
    }

    /** The number of rows from which trades are refused. */
    public long rowsMax() {
        return Math.max(1, Math.min(rowsMax, bytesMax / rowBytes()));
    }

    public long bytes(long rows) {
        return rows * rowBytes();
    }

    public long bytesMax() {
        return bytesMax;
    }

    private long rowBytes() {
        return Math.max(1, rowSize.get() >> FRACTION_BITS);
    }

    public StoreUnavailableException full(long rows) {
        long max = rowsMax();
        return new StoreUnavailableException(
                rows + " of " + max + " committed trades wait to be published; look after the feed, or raise "
                        + (max < rowsMax ? "store.outbox-bytes-max" : "store.outbox-rows-max"),
                RETRY_AFTER_MILLIS);
    }
}
