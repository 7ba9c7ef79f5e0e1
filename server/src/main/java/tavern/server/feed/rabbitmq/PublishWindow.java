package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.Nullable;

/**
 * Messages that were published on one connection and not yet answered by the broker: delivery tags increase by one,
 * answers arrive in any order. Confined to the relay's thread.
 */
final class PublishWindow {
    /** Receives the result for each message. */
    interface Outcome {
        void delivered(Outbound message);

        /** @param returned true if the message could not be routed, false if the broker failed to keep it */
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

    PublishWindow(int max) {
        this.max = max;
        ring = new Entry[Integer.highestOneBit(Math.max(1, max - 1)) << 1];
    }

    /** How many messages may still be added. Answered messages behind an unanswered one still count. */
    int free() {
        return max - (int) (tail - head);
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /**
     * Must be called once for each publish, in order.
     *
     * @throws IllegalStateException when the window is full
     */
    void add(Outbound message, long nowMillis) {
        if (free() <= 0) {
            throw new IllegalStateException(max + " messages are in flight already");
        }
        ring[slot(tail++)] = new Entry(message, nowMillis);
        size++;
    }

    /** The broker has returned a message; its confirm is still to come, and does not mention the return. */
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

    /**
     * @param multiple whether the answer is for all messages up to this tag
     * @param kept whether the broker has kept them; if not, it lost them
     */
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

    /** Returns the oldest message without an answer, or null if there is none. */
    @Nullable
    Outbound oldest() {
        Entry entry = ring[slot(head)];
        return entry == null ? null : entry.message;
    }

    /** When the oldest unanswered message was published; {@code Long.MAX_VALUE} if there is none. */
    long waitingSinceMillis() {
        Entry entry = ring[slot(head)];
        return entry == null ? Long.MAX_VALUE : entry.sinceMillis;
    }

    /** Ignores later answers to the messages published so far. */
    void forget() {
        for (long tag = head; tag < tail; tag++) {
            ring[slot(tag)] = null;
        }
        head = tail;
        size = 0;
    }

    /** Prepares for a new connection, whose tags start at 1 again. */
    void restart() {
        forget();
        head = 1;
        tail = 1;
    }

    private int slot(long tag) {
        return (int) (tag & (ring.length - 1));
    }
}
