package tavern.bench.fanout;

/**
 * One server with players who stand still, and its memory before they joined.
 *
 * @param residentBytes by which the process has grown in RAM, seen from outside and without a collection before
 * @param silent the window in which nobody sends a byte
 * @param pinging the window in which each sends a ping every five seconds, as the protocol requires of idle clients
 */
record Idle(
        String title,
        int players,
        Memory before,
        Memory after,
        long residentBytes,
        FanOutWindow silent,
        FanOutWindow pinging) {
    double bytesPerPlayer() {
        return (double) (after.bytes() - before.bytes()) / players;
    }

    /** All memory that the server holds per player, including what it held before they joined. */
    double allBytesPerPlayer() {
        return (double) after.bytes() / players;
    }

    double residentBytesPerPlayer() {
        return (double) residentBytes / players;
    }

    double heapBytesPerPlayer() {
        return (double) (after.heapBytes() - before.heapBytes()) / players;
    }

    double directBytesPerPlayer() {
        return (double) (after.directBytes() - before.directBytes()) / players;
    }

    long disconnects() {
        return silent.counts().disconnects() + pinging.counts().disconnects();
    }
}
