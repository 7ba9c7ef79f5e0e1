package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.Nullable;

/**
 * What one connection has published and the broker has not answered for: tags count up one by one, answers come in any
 * order. Belongs to the relay's thread.
 */
final class Window {
    /** What became of a message. */
    interface Outcome {
        void delivered(Outbound message);

        /** @param returned it could not be routed; else the broker failed to keep it */
        void refused(Outbound message, boolean returned);
    }

    private static final class Entry {
        private final Outbound message;
        private final long sinceMillis;
        private boolean returned;

        Entry(Outbound message, long sinceMillis) {
            this.message = message;
            this.sinceMillis = sinceMillis;
        }
    }

    private final @Nullable Entry[] ring;
    private final int max;
    private long head = 1;
    private long tail = 1;
    private int size;

    Window(int max) {
        this.max = max;
        ring = new Entry[Integer.highestOneBit(Math.max(1, max - 1)) << 1];
    }

    /** Messages that may still be added. Those behind one that is not answered for count too. */
    int free() {
        return max - (int) (tail - head);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** To be called once for each publish, in order. @throws IllegalStateException when it is full */
    void add(Outbound message, long nowMillis) {
        if (free() <= 0) {
            throw new IllegalStateException(max + " messages are in flight already");
        }
        ring[slot(tail++)] = new Entry(message, nowMillis);
        size++;
    }

    /** The broker sends a message back; its confirm is still to come, and says nothing of this. */
    void returned(String messageId) {
        for (long tag = head; tag < tail; tag++) {
            Entry entry = ring[slot(tag)];
            if (entry != null
                    && !entry.returned
                    && entry.message.row().messageId().equals(messageId)) {
                entry.returned = true;
                return;
            }
        }
    }

    /** @param multiple all up to this tag are meant @param kept the broker has them; else it lost them */
    void answered(long tag, boolean multiple, boolean kept, Outcome outcome) {
        long last = Math.min(tag, tail - 1);
        for (long each = multiple ? head : Math.max(head, tag); each <= last; each++) {
            Entry entry = ring[slot(each)];
            if (entry == null) {
                continue;
            }
            ring[slot(each)] = null;
            size--;
            if (kept && !entry.returned) {
                outcome.delivered(entry.message);
            } else {
                outcome.refused(entry.message, entry.returned);
            }
        }
        while (head < tail && ring[slot(head)] == null) {
            head++;
        }
    }

    /** The oldest that is not answered for. */
    @Nullable
    Outbound oldest() {
        Entry entry = ring[slot(head)];
        return entry == null ? null : entry.message;
    }

    /** When the oldest was published; {@code Long.MAX_VALUE}: nothing waits. */
    long waitingSinceMillis() {
        Entry entry = ring[slot(head)];
        return entry == null ? Long.MAX_VALUE : entry.sinceMillis;
    }

    /** Answers to what was published so far are no longer waited for. */
    void forget() {
        for (long tag = head; tag < tail; tag++) {
            ring[slot(tag)] = null;
        }
        head = tail;
        size = 0;
    }

    /** A new connection, which counts from 1 again. */
    void restart() {
        forget();
        head = 1;
        tail = 1;
    }

    private int slot(long tag) {
        return (int) (tag & (ring.length - 1));
    }
}
