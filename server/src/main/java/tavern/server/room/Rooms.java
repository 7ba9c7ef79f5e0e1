package tavern.server.room;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.Lease;
import tavern.server.game.RoomId;
import tavern.server.store.ChatLine;
import tavern.server.store.LeaseKey;

/** The rooms that are open here. Any thread; nothing blocks but {@link #close}. */
public final class Rooms implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rooms.class);

    private final RoomServices services;
    private final PlayerDirectory directory;
    private final RoomThreads threads;
    private final ConcurrentMap<RoomId, CompletableFuture<Room>> open = new ConcurrentHashMap<>();
    private volatile boolean draining;

    public Rooms(RoomServices services, PlayerDirectory directory) {
        this.services = services;
        this.directory = directory;
        this.threads = new RoomThreads(
                services.settings().threads(),
                services.network(),
                services.settings().tickHz(),
                services.clock(),
                services.metrics());
    }

    /** There are as many rooms as may be, or none are opened any more. */
    public static final class TooManyRoomsException extends Exception {
        private static final long serialVersionUID = 1;

        private final String text;

        TooManyRoomsException(String text) {
            super(text, null, false, false);
            this.text = text;
        }

        /** For the client. */
        public String text() {
            return text;
        }
    }

    /**
     * The room, opened if it is not. Fails with {@link TooManyRoomsException}, with {@link
     * tavern.server.cluster.HeldElsewhereException}, or as the store does.
     *
     * @param options used only when this call opens the room
     */
    public CompletionStage<Room> open(RoomId id, RoomOptions options) {
        CompletableFuture<Room> present = open.get(id);
        if (present != null) {
            return present;
        }
        if (draining) {
            return CompletableFuture.failedFuture(new TooManyRoomsException("the server stops"));
        }
        int roomsMax = services.settings().roomsMax();
        if (open.size() >= roomsMax) {
            return CompletableFuture.failedFuture(
                    new TooManyRoomsException(roomsMax + " rooms are open; raise limits.rooms-max"));
        }
        CompletableFuture<Room> opening = new CompletableFuture<>();
        CompletableFuture<Room> earlier = open.putIfAbsent(id, opening);
        if (earlier != null) {
            return earlier;
        }
        if (draining) {
            // The drain may have passed by already.
            open.remove(id, opening);
            opening.completeExceptionally(new TooManyRoomsException("the server stops"));
            return opening;
        }
        start(id, options, opening);
        return opening;
    }

    private void start(RoomId id, RoomOptions options, CompletableFuture<Room> opening) {
        services.leases()
                .acquire(LeaseKey.room(id))
                // An earlier owner writes until then.
                .thenCompose(lease -> services.store()
                        .chat(id, services.settings().chatHistory())
                        .thenApply(history -> build(id, options, lease, history, opening))
                        .whenComplete((room, failure) -> {
                            if (failure != null) {
                                services.leases().release(lease);
                            }
                        }))
                .whenComplete((room, failure) -> {
                    if (failure != null) {
                        open.remove(id, opening);
                        opening.completeExceptionally(failure);
                    } else {
                        opening.complete(room);
                    }
                });
    }

    private Room build(
            RoomId id, RoomOptions options, Lease lease, List<ChatLine> history, CompletableFuture<Room> opening) {
        TickPhases thread = threads.next();
        Room[] self = new Room[1];
        Room room = new Room(id, options, lease, history, services, directory, thread.executor(), thread.load(), () -> {
            open.remove(id, opening);
            thread.remove(self[0]);
        });
        self[0] = room;
        thread.add(room);
        return room;
    }

    /** Listed rooms in the order of their names, after one of them. */
    public List<RoomInfo> list(String prefix, String after, int max) {
        Predicate<RoomInfo> asked = room -> !room.unlisted()
                && room.id().name().startsWith(prefix)
                && room.id().name().compareTo(after) > 0;
        return open.values().stream()
                .map(Rooms::infoOf)
                .filter(info -> info != null && asked.test(info))
                .sorted(Comparator.comparing((RoomInfo info) -> info.id()))
                .limit(max)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static @Nullable RoomInfo infoOf(CompletableFuture<Room> opening) {
        Room room = present(opening);
        return room == null ? null : room.info();
    }

    private static @Nullable Room present(CompletableFuture<Room> opening) {
        return opening.isCompletedExceptionally() ? null : opening.getNow(null);
    }

    /** Those that are open by now, in no order. */
    public List<Room> all() {
        List<Room> rooms = new ArrayList<>();
        for (CompletableFuture<Room> opening : open.values()) {
            Room room = present(opening);
            if (room != null) {
                rooms.add(room);
            }
        }
        return rooms;
    }

    /** The room, if it is open by now. */
    public @Nullable Room find(RoomId id) {
        CompletableFuture<Room> opening = open.get(id);
        return opening == null ? null : present(opening);
    }

    public int size() {
        return open.size();
    }

    /** Opens no more rooms; takes no more requests; completes when all trades have ended and all is written. */
    public CompletableFuture<Void> drain() {
        draining = true;
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (CompletableFuture<Room> opening : open.values()) {
            done.add(opening.thenCompose(Room::end).exceptionally(failure -> null));
        }
        log.info("closing {} rooms", done.size());
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }

    /** Stops the threads. Blocks for some seconds at the most. */
    @Override
    public void close() {
        threads.close();
    }
}
