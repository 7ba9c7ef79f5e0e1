package tavern.bench.trades;

import java.util.Locale;

/**
 * How many trade where. Traders are in pairs; each keeps some offers to its partner open at any time.
 *
 * @param tradersPerRoom must be even
 * @param offers the number of open offers of one trader
 * @param items the number of items that each trader has besides what is traded
 */
record Crowd(int rooms, int tradersPerRoom, int offers, int items) {
    static final int ROOMS = 100;

    /** Fewer than {@code room.mailbox-capacity} at once in one room, so that no offer is refused as busy. */
    static final Crowd SPREAD = new Crowd(ROOMS, 4, 2, 0);

    static final Crowd HOT = new Crowd(1, 200, 4, 0);

    /** Traders on connections; more of them would only measure the kernel. */
    static final Crowd CONNECTED = new Crowd(ROOMS, 2, 4, 0);

    /** So few that each may have many items. */
    static final Crowd FEW = new Crowd(20, 2, 8, 0);

    static final Crowd LADEN = new Crowd(20, 2, 8, 10_000);

    String place() {
        String place = rooms == 1 ? "one hot room" : rooms + " rooms";
        return items == 0 ? place : String.format(Locale.ROOT, "%s, %,d items each", place, items);
    }

    String room(int number) {
        return "room-" + number;
    }

    String trader(int room, int number) {
        return room(room) + "-trader-" + number;
    }

    /** What is added to the key of a figure. */
    String suffix() {
        if (items > 0) {
            return "Items";
        }
        return isHot() ? "Hot" : rooms < ROOMS ? "Few" : "";
    }

    private boolean isHot() {
        return rooms == 1;
    }
}
