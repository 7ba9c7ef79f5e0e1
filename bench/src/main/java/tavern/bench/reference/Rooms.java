package tavern.bench.reference;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All rooms, each on one of the event loops for good. Any thread. */
final class Rooms {
    private final List<Ticks> ticks;
    private final boolean atOnce;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger nextPlayer = new AtomicInteger(1);
    private final Map<Integer, Room> byNumber = new ConcurrentHashMap<>();

    Rooms(List<Ticks> ticks, boolean atOnce) {
        this.ticks = ticks;
        this.atOnce = atOnce;
    }

    Room get(int number) {
        return byNumber.computeIfAbsent(number, any -> {
            Ticks home = ticks.get(Math.floorMod(next.getAndIncrement(), ticks.size()));
            Room room = new Room(home.loop(), atOnce);
            home.add(room);
            return room;
        });
    }

    int newPlayer() {
        return nextPlayer.getAndIncrement();
    }
}
