package tavern.server.ops;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.server.room.Room;
import tavern.server.room.Rooms;

/** Rooms that consoles watch: each room gets one request for a view at a time, however many consoles watch it. */
final class RoomWatches {
    private static final class Watch {
        volatile boolean pending;
        volatile @Nullable RoomAnswer newest;

        @Nullable
        RoomAnswer written;

        String text = "";
    }

    private final Map<RoomId, Watch> watches = new ConcurrentHashMap<>();

    boolean isEmpty() {
        return watches.isEmpty();
    }

    /** Requests views of the watched rooms, and forgets those that are no longer watched. Confined to one thread. */
    void ask(Rooms rooms, Stream<RoomId> watched) {
        Set<RoomId> wanted = watched.collect(Collectors.toSet());
        watches.keySet().retainAll(wanted);
        wanted.forEach(id -> ask(rooms, id, watches.computeIfAbsent(id, absent -> new Watch())));
    }

    private static void ask(Rooms rooms, RoomId id, Watch watch) {
        Room room = rooms.find(id);
        if (room == null || watch.pending) {
            return;
        }
        watch.pending = true;
        room.ask(Room::report).whenComplete((view, failure) -> {
            if (failure == null) {
                watch.newest = RoomAnswer.of(view);
            }
            watch.pending = false;
        });
    }

    /**
     * Returns the view as JSON if there is a new one; the same for all callers in this turn. Confined to the same
     * thread.
     */
    @SuppressWarnings("ReferenceEquality") // each answer is a different object, even if it is equal
    @Nullable
    String newest(RoomId id) {
        Watch watch = watches.get(id);
        RoomAnswer newest = watch == null ? null : watch.newest;
        if (watch == null || newest == null) {
            return null;
        }
        if (newest != watch.written) {
            watch.written = newest;
            watch.text = Json.write(newest);
        }
        return watch.text;
    }
}
