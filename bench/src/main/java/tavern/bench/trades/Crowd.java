package tavern.bench.trades;

/**
 * Who trades where. Traders are in pairs; each has some offers to its partner open at any time.
 *
 * @param tradersPerRoom even
 * @param offers of one trader at once
 */
record Crowd(int rooms, int tradersPerRoom, int offers) {
    static final int ROOMS = 100;

    /** Fewer than {@code room.mailbox-capacity} at once in one room, so that nobody is ever told to wait. */
    static final Crowd SPREAD = new Crowd(ROOMS, 4, 2);

    static final Crowd HOT = new Crowd(1, 200, 4);

    /** On connections: more of them would only measure the kernel. */
    static final Crowd CONNECTED = new Crowd(ROOMS, 2, 4);

    String place() {
        return rooms == 1 ? "one hot room" : rooms + " rooms";
    }

    boolean isHot() {
        return rooms == 1;
    }
}
