package tavern.server.room;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.engine.RecordingFile;
import tavern.game.GameType;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.server.cluster.Lease;
import tavern.server.store.Causes;
import tavern.server.store.LeaseKey;

/** The rooms that are open on this server. Safe on any thread; nothing blocks except {@link #close}. */
public final class Rooms implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rooms.class);

    /** For their answer to a question about all of them. */
    private static final long ROOMS_ANSWER_MILLIS = 10_000;

    private final RoomServices services;
    private final PlayerDirectory directory;
    private final RoomThreads threads;
    private final ConcurrentMap<RoomId, Opening> open = new ConcurrentHashMap<>();
    private final ListedRooms listed = new ListedRooms();
    private final OpenedRooms opened;
    private final SettlingTrades settling = new SettlingTrades();
    private volatile boolean draining;

    public Rooms(RoomServices services, PlayerDirectory directory) {
        this.services = services;
        this.directory = directory;
        this.opened = new OpenedRooms(
                services.settings().roomsPerPlayerMax(), services.settings().roomsPerAddressMax());
        this.threads = new RoomThreads(
                services.settings(), services.network(), services.clocks().monotonic(), services.metrics());
    }

    /** The trades that are being settled in these rooms. */
    public SettlingTrades settling() {
        return settling;
    }

    /** Threads that run only rooms; none when rooms run on the network's threads. */
    public Iterable<EventExecutor> ownThreads() {
        return threads.own();
    }

    /** The limit of open rooms is reached, in all or for one opener, or no more rooms are being opened. */
    public static final class TooManyRoomsException extends Exception {
        private static final long serialVersionUID = 1;

        private final String text;

        TooManyRoomsException(String text) {
            super(text, null, false, false);
            this.text = text;
        }

        /** The text for the client. */
        public String text() {
            return text;
        }
    }

    /**
     * Returns the room, opening it if necessary. Callers that wait for it get it in the order of their calls. Fails
     * with {@link TooManyRoomsException}, with {@link tavern.server.cluster.HeldElsewhereException}, with {@link
     * RefusedException} when there can be no such room (P-80), or as the store does.
     *
     * @param options used only when this call opens the room
     * @param opener against whose limits the room counts if this call opens it, or null for none
     */
    public CompletionStage<Room> open(RoomId id, RoomOptions options, @Nullable RoomOpener opener) {
        return openAny(id, options, opener).thenApply(room -> {
            RoomPlan.check(id, room.info().type(), options.type());
            return room;
        });
    }

    private CompletionStage<Room> openAny(RoomId id, RoomOptions options, @Nullable RoomOpener opener) {
        Opening present = open.get(id);
        if (present != null) {
            return present.line.join();
        }
        if (draining) {
            return CompletableFuture.failedFuture(new TooManyRoomsException("the server stops"));
        }
        int roomsMax = services.settings().roomsMax();
        if (open.size() >= roomsMax) {
            return CompletableFuture.failedFuture(
                    new TooManyRoomsException(roomsMax + " rooms are open; raise limits.rooms-max"));
        }
        String refusal = opener == null ? null : opened.take(opener);
        if (refusal != null) {
            return CompletableFuture.failedFuture(new TooManyRoomsException(refusal));
        }
        Opening opening = new Opening(opener);
        Opening earlier = open.putIfAbsent(id, opening);
        if (earlier != null) {
            release(opener);
            return earlier.line.join();
        }
        CompletionStage<Room> first = opening.line.join();
        if (draining) {
            // The drain may have missed this room.
            remove(id, opening);
            opening.line.fail(new TooManyRoomsException("the server stops"));
        } else {
            start(id, options, opening);
        }
        return first;
    }

    private void remove(RoomId id, Opening opening) {
        if (open.remove(id, opening)) {
            release(opening.opener);
        }
    }

    private void release(@Nullable RoomOpener opener) {
        if (opener != null) {
            opened.release(opener);
        }
    }

    /** Returns whether enough rooms are open that empty ones should close early. */
    private boolean isCrowded() {
        int roomsMax = services.settings().roomsMax();
        return open.size() >= roomsMax - roomsMax / 4;
    }

    private void start(RoomId id, RoomOptions options, Opening opening) {
        services.leases()
                .acquire(LeaseKey.room(id))
                // An earlier owner may still write until then.
                .thenCompose(lease -> plan(id, options, opening)
                        .thenApply(plan -> build(id, plan, lease, opening))
                        .whenComplete((room, failure) -> {
                            if (failure != null) {
                                services.leases().release(lease);
                            }
                        }))
                .thenCompose(room -> room.game().begin())
                .whenComplete((room, failure) -> {
                    if (failure != null) {
                        remove(id, opening);
                        opening.line.fail(failure);
                    } else {
                        opening.room = room;
                        opening.line.complete(room);
                    }
                });
    }

    private CompletionStage<RoomPlan> plan(RoomId id, RoomOptions options, Opening opening) {
        return services.memory()
                .chat(id, services.settings().chatHistory())
                .thenCombine(
                        services.games().game(id),
                        (history, kept) ->
                                RoomPlan.of(id, options, opening.opener != null, history, kept, services.types()));
    }

    /** Brings a signal of one room's game to another's. As {@link Neighbours#signal}. */
    private CompletionStage<Boolean> signal(RoomId from, RoomId to, long number, ByteString what) {
        Opening present = open.get(to);
        if (present != null) {
            return present.line.join().thenCompose(room -> room.game().signalled(from, number, what));
        }
        return services.games().game(to).thenCompose(kept -> {
            if (kept.isEmpty()) {
                log.warn("signal {} of room {} goes nowhere: room {} has no game", number, from, to);
                return CompletableFuture.completedFuture(true);
            }
            return open(to, RoomOptions.ofType(kept.get().type()), null)
                    .thenCompose(room -> room.game().signalled(from, number, what));
        });
    }

    /** Whether the room is open here, or being opened; after a {@link #drain} none is to be opened any more. */
    boolean isOpen(RoomId id) {
        return draining || open.containsKey(id);
    }

    /** A room that is open or being opened. */
    private static final class Opening {
        final WaitingLine<Room> line = new WaitingLine<>();
        final @Nullable RoomOpener opener;
        volatile @Nullable Room room;

        Opening(@Nullable RoomOpener opener) {
            this.opener = opener;
        }
    }

    private Room build(RoomId id, RoomPlan plan, Lease lease, Opening opening) {
        RoomThreads.Host host = threads.next();
        Runnable[] closed = new Runnable[1];
        Room room = new Room(
                id,
                plan,
                lease,
                services,
                directory,
                this::signal,
                settling,
                host,
                this::isCrowded,
                () -> closed[0].run());
        ListedRoom entry = plan.options().unlisted()
                ? null
                : ListedRoom.of(room.info(), () -> room.info().players());
        if (entry != null) {
            listed.add(entry);
        }
        closed[0] = () -> {
            if (entry != null) {
                listed.remove(entry);
            }
            remove(id, opening);
            host.ticks().remove(room);
        };
        host.ticks().add(room);
        return room;
    }

    /**
     * Lets rooms go on with other versions of their games: all of them, or none if one cannot. Fails with {@link
     * IllegalArgumentException} then, and when a room does not answer in time. Once all can, those that are late are not
     * waited for: they go on with the other version when they come to it.
     *
     * @param games by the names of types
     * @param publish makes {@link RoomTypes} find them
     * @return the number of rooms
     */
    public CompletionStage<Integer> useGames(Map<String, GameType<?, ?, ?>> games, Runnable publish) {
        return useGames(games, publish, ROOMS_ANSWER_MILLIS);
    }

    CompletionStage<Integer> useGames(Map<String, GameType<?, ?, ?>> games, Runnable publish, long answerMillis) {
        CompletableFuture<Void> read = ofTypes(games, GameDoor::reads, new AtomicInteger());
        return inTime(read, answerMillis).thenCompose(all -> {
            publish.run();
            // By now there may be more rooms, with what was found before.
            AtomicInteger asked = new AtomicInteger();
            return ofTypes(games, GameDoor::use, asked)
                    .completeOnTimeout(null, answerMillis, TimeUnit.MILLISECONDS)
                    .thenApply(done -> asked.get());
        });
    }

    /** A room that is being opened may wait for a store that is silent. */
    private static CompletionStage<Void> inTime(CompletableFuture<Void> answers, long answerMillis) {
        return answers.orTimeout(answerMillis, TimeUnit.MILLISECONDS).exceptionallyCompose(failure -> {
            Throwable cause = Causes.of(failure);
            return CompletableFuture.failedFuture(
                    cause instanceof TimeoutException
                            ? new IllegalArgumentException("nothing was changed: not all rooms have answered within "
                                    + answerMillis + " ms; see whether the store answers, and try again")
                            : cause);
        });
    }

    /** Asks all rooms of these types, also those that are being opened. @param asked to which their number is added */
    private CompletableFuture<Void> ofTypes(
            Map<String, GameType<?, ?, ?>> games,
            BiFunction<GameDoor, GameType<?, ?, ?>, CompletionStage<Void>> question,
            AtomicInteger asked) {
        List<CompletableFuture<?>> answers = new ArrayList<>();
        for (Opening opening : open.values()) {
            answers.add(opening.line.join().handle((room, failure) -> room).thenCompose(room -> {
                GameType<?, ?, ?> game =
                        room == null ? null : games.get(room.info().type());
                if (game == null) {
                    return CompletableFuture.<Void>completedFuture(null);
                }
                asked.incrementAndGet();
                return question.apply(room.game(), game);
            }));
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
    }

    /** Costs in proportion to the page, however many rooms there are. */
    public RoomPage list(RoomQuery query) {
        return listed.page(query);
    }

    /** The rooms that are open now, in no particular order. */
    public List<Room> all() {
        List<Room> rooms = new ArrayList<>();
        for (Opening opening : open.values()) {
            Room room = opening.room;
            if (room != null) {
                rooms.add(room);
            }
        }
        return rooms;
    }

    /** The room, if it is open now. */
    public @Nullable Room find(RoomId id) {
        Opening opening = open.get(id);
        return opening == null ? null : opening.room;
    }

    /**
     * What was recorded of a room that is open, or was here before; completes with one without entries when nothing was.
     */
    public CompletionStage<RecordingFile> recording(RoomId id) {
        Room room = find(id);
        if (room != null) {
            return room.game().recording();
        }
        RecordingFile closed = services.recordings().closed(id);
        return CompletableFuture.completedFuture(closed == null ? RecordingFile.NONE : closed);
    }

    public int size() {
        return open.size();
    }

    /** Stops opening rooms and accepting requests; completes when all trades have ended and everything is written. */
    public CompletableFuture<Void> drain() {
        draining = true;
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (Opening opening : open.values()) {
            done.add(opening.line.join().thenCompose(Room::end).exceptionally(failure -> null));
        }
        log.info("closing {} rooms", done.size());
        return CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
    }

    /** Stops the threads. Blocks for a few seconds at most. */
    @Override
    public void close() {
        threads.close();
    }
}
