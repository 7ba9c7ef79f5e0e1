package tavern.server.room;

import com.google.protobuf.ByteString;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.engine.RecordingFile;
import tavern.game.GameType;
import tavern.game.RefusedException;
import tavern.game.RoomId;
import tavern.server.cluster.Directory;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.game.GameTime;
import tavern.server.room.moving.MovingRoom;
import tavern.server.store.Causes;
import tavern.server.store.LeaseKey;
import tavern.server.store.Stages;

/** The rooms that are open on this server. Safe on any thread; nothing blocks except {@link #close}. */
public final class Rooms implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Rooms.class);

    private static final int ADOPTION_ATTEMPTS_MAX = 3;

    /** For their answer to a question about all of them. */
    private static final long ROOMS_ANSWER_MILLIS = 10_000;

    private static final CompletionStage<Boolean> HERE = CompletableFuture.completedFuture(true);

    private final RoomServices services;
    private final PlayerDirectory players;
    private final RemoteRooms elsewhere;
    private final RoomThreads threads;
    private final ConcurrentMap<RoomId, Opening> open = new ConcurrentHashMap<>();
    private final ListedRooms listed = new ListedRooms();
    private final OpenedRooms opened;
    private final SettlingTrades settling = new SettlingTrades();
    private volatile boolean draining;
    private volatile @Nullable RealmRooms realm;
    private volatile @Nullable Directory directory;

    /** Without other servers. */
    public Rooms(RoomServices services, PlayerDirectory players) {
        this(services, players, RemoteRooms.NONE);
    }

    public Rooms(RoomServices services, PlayerDirectory players, RemoteRooms elsewhere) {
        this.services = services;
        this.players = players;
        this.elsewhere = elsewhere;
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
     * with {@link TooManyRoomsException}, with {@link HeldElsewhereException}, with {@link
     * RefusedException} when there can be no such room (P-80), or as the store does.
     *
     * @param options used only when this call opens the room
     * @param opener against whose limits the room counts if this call opens it, or null for none
     */
    public CompletionStage<Room> open(RoomId id, RoomOptions options, @Nullable RoomOpener opener) {
        return placed(id, options, opener)
                .thenCompose(here -> openAny(id, options, opener))
                .thenApply(room -> {
                    RoomPlan.check(id, room.info().type(), options.type());
                    return room;
                });
    }

    /** These rooms, as the realm's other servers are told of them. */
    public RoomsHere here() {
        return new RoomsHere() {
            @Override
            public void forEach(ObjLongConsumer<RoomInfo> each) {
                for (Opening opening : open.values()) {
                    Room room = opening.room;
                    if (room != null) {
                        each.accept(room.info(), room.lease().fence());
                    }
                }
            }

            @Override
            public boolean isOpen(RoomId room) {
                return find(room) != null;
            }
        };
    }

    /** From now on, other servers of the realm count too: in lists, and as places for rooms that players open. */
    public void share(RealmRooms allRooms, Directory nodes) {
        realm = allRooms;
        directory = nodes;
    }

    /** P-101: fails with {@link HeldElsewhereException} when another server is to open the room. */
    private CompletionStage<Boolean> placed(RoomId id, RoomOptions options, @Nullable RoomOpener opener) {
        Directory nodes = directory;
        if (nodes == null || opener == null || open.containsKey(id)) {
            return HERE;
        }
        boolean mustLeave = draining || open.size() >= services.settings().roomsMax();
        return nodes.place(id, options.type(), mustLeave)
                .thenCompose(other -> other.isEmpty()
                        ? HERE
                        : CompletableFuture.failedFuture(
                                HeldElsewhereException.placed(LeaseKey.room(id), other.get())));
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
        begin(
                id,
                opening,
                services.leases()
                        .acquire(LeaseKey.room(id))
                        // An earlier owner may still write until then.
                        .thenCompose(lease -> releasing(
                                lease,
                                () -> plan(id, options, opening).thenApply(plan -> build(id, plan, lease, opening)))));
    }

    private CompletionStage<Room> releasing(Lease lease, Supplier<CompletionStage<Room>> building) {
        return Stages.begin(building).whenComplete((room, failure) -> {
            if (failure != null) {
                services.leases().release(lease);
            }
        });
    }

    private void begin(RoomId id, Opening opening, CompletionStage<Room> built) {
        built.thenCompose(room -> room.game().begin()).whenComplete((room, failure) -> {
            if (failure != null) {
                remove(id, opening);
                opening.line.fail(failure);
            } else {
                opening.room = room;
                opening.line.complete(room);
            }
        });
    }

    /**
     * Goes on with a room that another server has until now, and gives to this one. Fails when it cannot be opened here; then
     * the other server has it still, unless the lease was taken.
     *
     * @param take makes this server the room's owner, once all else is ready
     */
    public CompletionStage<Void> adopt(RoomId id, MovingRoom moving, Leases.Taking take) {
        return adopt(id, moving, take, ADOPTION_ATTEMPTS_MAX);
    }

    private CompletionStage<Void> adopt(RoomId id, MovingRoom moving, Leases.Taking take, int attempts) {
        if (draining || open.size() >= services.settings().roomsMax()) {
            return CompletableFuture.failedFuture(new TooManyRoomsException("no room is opened here any more"));
        }
        Opening opening = new Opening(null);
        Opening present = open.putIfAbsent(id, opening);
        if (present != null) {
            // Somebody asks for it here, and is just hearing that the other server has it.
            return attempts == 0
                    ? CompletableFuture.failedFuture(new IllegalStateException("room " + id + " is open here"))
                    : present.line
                            .join()
                            .handle((room, failure) -> failure)
                            .thenCompose(failure -> adopt(id, moving, take, failure == null ? 0 : attempts - 1));
        }
        if (draining) {
            // As in openAny: the drain may have missed this room.
            remove(id, opening);
            TooManyRoomsException stops = new TooManyRoomsException("the server stops");
            opening.line.fail(stops);
            return CompletableFuture.failedFuture(stops);
        }
        Adoption adoption = new Adoption(services, id, moving);
        begin(
                id,
                opening,
                adoption.read()
                        .thenCompose(moved -> plan(id, adoption.options(), opening)
                                .thenApply(adoption::check)
                                .thenCompose(plan -> services.leases()
                                        .acquire(LeaseKey.room(id), take)
                                        .thenCompose(lease -> releasing(lease, () -> {
                                            Room room = build(id, plan, lease, opening);
                                            return room.restore(moved).thenApply(restored -> room);
                                        })))));
        return opening.line.join().thenApply(room -> null);
    }

    private CompletionStage<RoomPlan> plan(RoomId id, RoomOptions options, Opening opening) {
        return services.memory()
                .chat(id, services.settings().chatHistory())
                .thenCombine(
                        services.games().game(id),
                        (history, kept) ->
                                RoomPlan.of(id, options, opening.opener != null, history, kept, services.types()));
    }

    /** Brings a signal of one room's game to another's, on whatever server. As {@link Neighbours#signal}. */
    private CompletionStage<Boolean> signal(RoomId from, RoomId to, long number, ByteString what) {
        return signalHere(from, to, number, what)
                .exceptionallyCompose(failure -> Causes.of(failure) instanceof HeldElsewhereException held
                        ? elsewhere.signal(held.holder().id(), from, to, number, what)
                        : CompletableFuture.failedFuture(failure));
    }

    /** As {@link Neighbours#signal}, to a room of this server. Fails with {@link HeldElsewhereException} when another one has it. */
    public CompletionStage<Boolean> signalHere(RoomId from, RoomId to, long number, ByteString what) {
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

    /** P-119: whether the room, which is not open here, belongs on servers of another version that are there and take it. */
    boolean belongsElsewhere(RoomId id, String type) {
        Directory nodes = directory;
        return nodes != null && nodes.belongsElsewhere(id, type);
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
                players,
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
            host.ticks().remove(room.ticks());
        };
        host.ticks().add(room.ticks());
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

    /**
     * Gives the seat that waits here for a player's session, since its room has moved here, to that session. Completes with the
     * room in which the session has a seat from now on, without a connection; empty when none waits.
     */
    public CompletionStage<Optional<Room>> takeWaitingSeat(RoomId id, RoomMember member) {
        Opening opening = open.get(id);
        if (opening == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return services.players()
                .open(member.player().name())
                .thenCombine(
                        opening.line.join(),
                        (record, room) -> room.members()
                                .claim(member, record)
                                .thenApply(claimed -> claimed ? Optional.of(room) : Optional.<Room>empty()))
                .thenCompose(claimed -> claimed);
    }

    /** P-100: the listed rooms of the realm. Costs in proportion to the page, however many rooms there are. */
    public RoomPage list(RoomQuery query) {
        RoomPage own = listed.page(query);
        RealmRooms all = realm;
        return all == null ? own : all.page(own, query);
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
        return earlierRecording(id);
    }

    /** What was recorded of the last life of a room that has ended, also if the room is open again; as {@link #recording}. */
    public CompletionStage<RecordingFile> earlierRecording(RoomId id) {
        RecordingFile closed = services.recordings().closed(id);
        return CompletableFuture.completedFuture(closed == null ? RecordingFile.NONE : closed);
    }

    /** P-112: the speed of the time of the slowest room; 1 when none is slowed down. */
    public double slowestRate() {
        int slowest = GameTime.FULL;
        for (Room room : all()) {
            slowest = Math.min(slowest, room.load().timePermille());
        }
        return (double) slowest / GameTime.FULL;
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
