package tavern.bench.reference;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** All rooms, each bound permanently to one event loop. Safe on any thread. */
final class ReferenceRooms {
    private final List<ReferenceTicks> ticks;
    private final boolean atOnce;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger nextPlayer = new AtomicInteger(1);
    private final Map<Integer, ReferenceRoom> byNumber = new ConcurrentHashMap<>();

    ReferenceRooms(List<ReferenceTicks> ticks, boolean atOnce) {
        this.ticks = ticks;
        this.atOnce = atOnce;
    }

    ReferenceRoom get(int number) {
        return byNumber.computeIfAbsent(number, any -> {
            ReferenceTicks home = ticks.get(Math.floorMod(next.getAndIncrement(), ticks.size()));
            ReferenceRoom room = new ReferenceRoom(home.loop(), atOnce);
            home.add(room);
            return room;
        });
    }

    int newPlayer() {
        return nextPlayer.getAndIncrement();
    }
}
