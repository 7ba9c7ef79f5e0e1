package tavern.bench.reference;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All rooms, each on one of the event loops for good. Any thread. */
final class Rooms {
    private final List<Ticks> ticks;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger nextPlayer = new AtomicInteger(1);
    private final Map<Integer, Room> byNumber = new ConcurrentHashMap<>();

    Rooms(List<Ticks> ticks) {
        this.ticks = ticks;
    }

    Room get(int number) {
        return byNumber.computeIfAbsent(number, any -> {
            Ticks home = ticks.get(Math.floorMod(next.getAndIncrement(), ticks.size()));
            Room room = new Room(home.loop());
            home.add(room);
            return room;
        });
    }

    int newPlayer() {
        return nextPlayer.getAndIncrement();
    }
}
