package tavern.bench.fanout;

/** One server with players who stand still, and the same server before they came. */
record Idle(String title, int players, Memory before, Memory after, Window window) {
    double bytesPerPlayer() {
        return (double) (after.bytes() - before.bytes()) / players;
    }

    double heapBytesPerPlayer() {
        return (double) (after.heapBytes() - before.heapBytes()) / players;
    }

    double directBytesPerPlayer() {
        return (double) (after.directBytes() - before.directBytes()) / players;
    }
}
