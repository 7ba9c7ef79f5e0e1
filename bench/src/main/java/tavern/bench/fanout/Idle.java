package tavern.bench.fanout;

/**
 * One server with players who stand still, and the same server before they came.
 *
 * @param silent while nobody sends a byte
 * @param pinging while each sends a ping every five seconds, as the protocol asks of idle clients
 */
record Idle(String title, int players, Memory before, Memory after, Window silent, Window pinging) {
    double bytesPerPlayer() {
        return (double) (after.bytes() - before.bytes()) / players;
    }

    /** All that the server holds, what it held before them included. */
    double allBytesPerPlayer() {
        return (double) after.bytes() / players;
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
