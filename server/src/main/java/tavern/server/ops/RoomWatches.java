package tavern.server.ops;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tavern.server.game.RoomId;
import tavern.server.room.Room;
import tavern.server.room.Rooms;

/** Rooms that consoles look at: each is asked for one view at a time, however many look. */
final class RoomWatches {
    private static final class Watch {
        volatile boolean asked;
        volatile @Nullable RoomAnswer newest;

        @Nullable
        RoomAnswer written;

        String text = "";
    }

    private final Map<RoomId, Watch> watches = new ConcurrentHashMap<>();

    boolean isEmpty() {
        return watches.isEmpty();
    }

    /** Of one thread: asks the rooms that are watched, forgets those that no longer are. */
    void ask(Rooms rooms, Stream<RoomId> watched) {
        Set<RoomId> wanted = watched.collect(Collectors.toSet());
        watches.keySet().retainAll(wanted);
        wanted.forEach(id -> ask(rooms, id, watches.computeIfAbsent(id, absent -> new Watch())));
    }

    private static void ask(Rooms rooms, RoomId id, Watch watch) {
        Room room = rooms.find(id);
        if (room == null || watch.asked) {
            return;
        }
        watch.asked = true;
        room.ask(Room::report).whenComplete((view, failure) -> {
            if (failure == null) {
                watch.newest = RoomAnswer.of(view);
            }
            watch.asked = false;
        });
    }

    /** Of the same thread: the view as JSON, if there is a new one, the same for all who ask in this turn. */
    @SuppressWarnings("ReferenceEquality") // each answer is another object, however alike
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
