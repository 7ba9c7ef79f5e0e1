package tavern.server.cluster;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.store.Causes;
import tavern.server.store.DirectoryAnswer;
import tavern.server.store.DirectoryReport;
import tavern.server.store.DirectoryStore;
import tavern.server.store.RoomNews;
import tavern.server.store.Stages;
import tavern.server.time.Clocks;

/**
 * The servers of the realm, and the rooms that they have open, as this one knows them. Once a second it tells the store what
 * has changed here and hears what has changed elsewhere, in one call; once a minute, and after it has missed something, it
 * reads all rooms, page by page. One call is under way at a time, and everything is done on one thread, unless stated otherwise.
 *
 * <p>What it knows is a moment old, and nothing is protected by it: who has a room is decided by the room's lease.
 */
public final class Directory implements Successors, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Directory.class);

    static final long EVERY_MILLIS = 1_000;

    /** A server that is silent for so long is gone: it has missed several reports, or cannot reach the store. */
    public static final long GONE_MILLIS = 6_000;

    /** For how long all who are asked for a room send players to the same server. */
    private static final long PLACED_MILLIS = 10_000;

    private static final long WHOLE_EVERY_MILLIS = 60_000;

    private final @Nullable DirectoryStore store;
    private final Supplier<NodeReport> self;
    private final RoomsOfRealm rooms;
    private final Placement placement;
    private final Clocks clocks;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("directory", true));

    private final LongAdder placedElsewhere = new LongAdder();
    private volatile List<SeenNode> seen = List.of();

    /** When {@link #seen} was heard. */
    private volatile long heardMillis;

    /** P-119: as heard last. */
    private volatile @Nullable Canary canary;

    private volatile boolean closed;

    // Confined to the timer's thread.
    private boolean underWay;
    private boolean failing;
    private long since;
    private boolean readsAll = true;
    private long readAllMillis;

    /** Those that were given here: what was asked before one of them may be answered with the one before it. */
    private int orders;

    /** An order that is not understood; empty for none. */
    private String strangeOrder = "";

    private Directory(
            @Nullable DirectoryStore store,
            Supplier<NodeReport> self,
            RoomsOfRealm rooms,
            Placement placement,
            Clocks clocks) {
        this.store = store;
        this.self = self;
        this.rooms = rooms;
        this.placement = placement;
        this.clocks = clocks;
    }

    /**
     * Starts to ask the store once a second.
     *
     * @param store null without other servers; then this server is the only one, and nothing is done
     * @param self what this server says of itself; called on any thread, must be quick
     */
    public static Directory start(
            @Nullable DirectoryStore store,
            Supplier<NodeReport> self,
            RoomsOfRealm rooms,
            Placement placement,
            Clocks clocks) {
        Directory directory = new Directory(store, self, rooms, placement, clocks);
        if (store != null) {
            directory.timer.scheduleWithFixedDelay(directory::step, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        }
        return directory;
    }

    /**
     * Looks who is in the realm, without telling of oneself. Fails with {@link UnfitNodeException} when one of them cannot
     * live beside this server.
     */
    public static CompletionStage<List<SeenNode>> look(DirectoryStore store, String nodeId, NodeMix mix) {
        return store.exchange(DirectoryReport.NONE).thenApply(answer -> {
            List<SeenNode> found = read(answer);
            for (SeenNode other : found) {
                String conflict =
                        other.gone() || other.id().equals(nodeId) ? null : conflict(mix, answer.schema(), other);
                if (conflict != null) {
                    throw new UnfitNodeException("server " + other.report().node() + " of version "
                            + other.report().version() + " is in the realm, and cannot live beside this one: "
                            + conflict + "; stop it first, or start a version that fits (docs/DEPLOY.md)");
                }
            }
            return found;
        });
    }

    private static @Nullable String conflict(NodeMix mix, int schema, SeenNode other) {
        return other.schema() == schema
                ? mix.conflict(other.report().mix())
                : "its store has schema " + other.schema() + ", this one's " + schema;
    }

    /** Never throws, so that the timer keeps running. */
    private void step() {
        try {
            if (!underWay && store != null) {
                exchange(store);
            }
        } catch (RuntimeException | Error e) {
            log.error("the directory of the realm could not be asked", e);
        }
    }

    private void exchange(DirectoryStore asked) {
        long now = clocks.now().monotonicMillis();
        if (!readsAll && now - readAllMillis > WHOLE_EVERY_MILLIS) {
            readsAll = true;
            since = 0;
        }
        if (readsAll && since == 0) {
            readAllMillis = now;
            rooms.wholeBegins();
        }
        List<RoomNews> news = rooms.news(DirectoryStore.NEWS_MAX);
        NodeReport own = self.get();
        DirectoryReport report = new DirectoryReport(own.node().id(), own.text(), news, since, readsAll);
        underWay = true;
        int ordersBefore = orders;
        Stages.begin(() -> asked.exchange(report))
                .whenComplete((answer, failure) -> onTimer(() -> answered(news, ordersBefore, answer, failure)));
    }

    private void onTimer(Runnable task) {
        try {
            timer.execute(() -> {
                try {
                    task.run();
                } catch (RuntimeException | Error e) {
                    log.error("what the directory of the realm answered could not be used", e);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("the directory is closed");
        }
    }

    private void answered(
            List<RoomNews> told, int ordersBefore, @Nullable DirectoryAnswer answer, @Nullable Throwable failure) {
        underWay = false;
        if (answer == null) {
            rooms.untold(told);
            readsAll = true; // what is written meanwhile may be lost
            since = 0;
            if (!failing && !closed) {
                failing = true;
                log.warn(
                        "the directory of the realm does not answer ({}); trying again",
                        failure == null ? "" : Causes.of(failure).getMessage());
            }
            return;
        }
        if (failing) {
            failing = false;
            log.info("the directory of the realm answers again");
        }
        see(read(answer));
        if (orders == ordersBefore) {
            order(answer.order());
        }
        rooms.heard(answer.news());
        if (answer.missed()) {
            readsAll = true;
            since = 0;
        } else {
            since = answer.version();
            if (readsAll && !answer.more()) {
                readsAll = false;
                rooms.wholeEnds();
            }
        }
        if ((answer.more() || answer.missed()) && !closed) {
            step();
        }
    }

    private void order(String text) {
        try {
            Canary now = Canary.parse(text);
            Canary before = canary;
            canary = now;
            if (!Objects.equals(before, now)) {
                log.info(
                        "new rooms: {}",
                        now == null
                                ? "on servers of all versions"
                                : now.percent() + " % on servers of version " + now.version());
            }
            strangeOrder = "";
        } catch (IllegalArgumentException e) {
            if (!strangeOrder.equals(text)) {
                strangeOrder = text;
                log.warn(
                        "the order for new rooms is not understood; give it anew, or end it with end-canary: {}", text);
            }
        }
    }

    private void see(List<SeenNode> now) {
        String own = self.get().node().id();
        Set<String> live =
                now.stream().filter(node -> !node.gone()).map(SeenNode::id).collect(Collectors.toSet());
        // One server tidies up, and it does not matter if for a moment two take themselves for it.
        boolean isFirst =
                live.stream().min(Comparator.naturalOrder()).filter(own::equals).isPresent();
        report(now);
        seen = now;
        heardMillis = clocks.now().monotonicMillis();
        rooms.live(live, isFirst);
    }

    private void report(List<SeenNode> now) {
        for (SeenNode node : now) {
            Optional<SeenNode> before =
                    seen.stream().filter(each -> each.id().equals(node.id())).findFirst();
            if (before.isPresent() && before.get().gone() != node.gone()) {
                log.info("server {} of the realm is {}", node.report().node(), node.gone() ? "gone" : "back");
            }
        }
    }

    private static List<SeenNode> read(DirectoryAnswer answer) {
        List<SeenNode> nodes = new ArrayList<>();
        for (DirectoryAnswer.NodeRow row : answer.nodes()) {
            try {
                nodes.add(new SeenNode(
                        NodeReport.parse(row.text()),
                        row.schema(),
                        row.silentMillis(),
                        row.silentMillis() >= GONE_MILLIS));
            } catch (IllegalArgumentException e) {
                log.debug("the directory has a server that is not one of ours: {}", row.node());
            }
        }
        nodes.sort(Comparator.comparing(SeenNode::id));
        return List.copyOf(nodes);
    }

    /** Whether this server has its realm for itself. */
    public boolean isAlone() {
        return store == null;
    }

    /** What this server says of itself now. Safe on any thread. */
    public NodeReport self() {
        return self.get();
    }

    /** The realm's servers by their ids, this one too, as heard a moment ago. Safe on any thread. */
    public List<SeenNode> nodes() {
        return seen;
    }

    /** How long ago the store has answered last. Safe on any thread. */
    public long ageMillis() {
        return clocks.now().monotonicMillis() - heardMillis;
    }

    /** The other servers to which players may be sent; none when what is known of them is old. Safe on any thread. */
    private List<NodeReport> others() {
        if (ageMillis() >= GONE_MILLIS) {
            return List.of();
        }
        NodeReport own = self.get();
        return seen.stream()
                .filter(SeenNode::isOpen)
                .map(SeenNode::report)
                .filter(other -> !other.node().id().equals(own.node().id()))
                .filter(other -> own.mix().conflict(other.mix()) == null)
                .toList();
    }

    /**
     * Where a room that is not open here is to be opened: empty for here, or for wherever its lease is. Safe on any thread;
     * completes at once unless it is elsewhere, and never fails.
     *
     * @param type that was asked for; empty for whatever it has
     * @param mustLeave whether this server cannot open it
     */
    public CompletionStage<Optional<Node>> place(RoomId room, String type, boolean mustLeave) {
        if (store == null || rooms.isElsewhere(room)) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        NodeReport own = self.get();
        // A room without a type in the request may have been here before, and have any.
        Set<String> needed = type.isEmpty() ? own.types() : Set.of(type);
        List<NodeReport> able = others().stream()
                .filter(other -> other.types().containsAll(needed))
                .filter(other -> other.load().takesPlayers() && other.load().takesRooms())
                .toList();
        Canary order = canary;
        boolean belongsHere = order == null || order.fits(room.name(), own);
        List<NodeReport> fitting = Canary.fitting(order, room.name(), able, other -> other);
        boolean belongsThere = order == null || fitting.stream().anyMatch(other -> order.fits(room.name(), other));
        // P-119: to none of those where it does not belong, if it belongs here; and away from here, if it belongs
        // there.
        List<NodeReport> others = belongsHere && !belongsThere && !mustLeave && !own.draining() ? List.of() : fitting;
        Optional<NodeReport> chosen = others.isEmpty()
                ? Optional.empty()
                : placement.elsewhere(room, own, others, mustLeave || own.draining() || (belongsThere && !belongsHere));
        if (chosen.isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return store.place(room, chosen.get().node().id(), PLACED_MILLIS)
                .thenApply(noted -> sentOn(others, noted))
                .exceptionally(failure -> {
                    log.debug(
                            "room {} is not placed: {}",
                            room,
                            Causes.of(failure).getMessage());
                    return Optional.empty();
                });
    }

    private Optional<Node> sentOn(List<NodeReport> others, String noted) {
        Optional<Node> there = others.stream()
                .map(NodeReport::node)
                .filter(node -> node.id().equals(noted))
                .findFirst();
        there.ifPresent(node -> placedElsewhere.increment());
        return there;
    }

    /** How often a player was sent to another server to open a room. */
    public long placedElsewhere() {
        return placedElsewhere.sum();
    }

    /** The least loaded other server that takes players; empty for none. Safe on any thread. */
    public Optional<Node> placeForPlayer() {
        return others().stream()
                .filter(other -> other.load().takesPlayers())
                .min(Comparator.comparingInt(other -> other.load().permille()))
                .map(NodeReport::node);
    }

    /** The order that is in force for new rooms; null for none. Safe on any thread. */
    public @Nullable Canary canary() {
        return canary;
    }

    /**
     * P-119: whether the room belongs on servers of another version, and one of them would take it. Safe on any thread.
     *
     * @param type empty for the built-in rules
     */
    public boolean belongsElsewhere(RoomId room, String type) {
        Canary order = canary;
        return order != null
                && !order.fits(room.name(), self.get())
                && takers().stream()
                        .filter(other -> type.isEmpty() || other.types().contains(type))
                        .anyMatch(other -> order.fits(room.name(), other));
    }

    /**
     * P-119: orders where new rooms go. It is in force here at once, and within about two seconds at the others. Safe on any
     * thread; fails when the store does, and with {@link IllegalStateException} without other servers.
     *
     * @param order null to take it back
     */
    public CompletionStage<Void> order(@Nullable Canary order) {
        DirectoryStore asked = store;
        if (asked == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("this server has its realm for itself"));
        }
        String text = order == null ? "" : order.text();
        return Stages.begin(() -> asked.order(text))
                .thenRun(() -> onTimer(() -> {
                    orders++;
                    order(text);
                }));
    }

    @Override
    public Optional<Node> next() {
        return drawn(takers());
    }

    @Override
    public Optional<Node> next(RoomId room) {
        return drawn(Canary.fitting(canary, room.name(), takers(), taker -> taker));
    }

    private List<NodeReport> takers() {
        return others().stream()
                .filter(other -> other.load().takesPlayers() && other.load().takesRooms())
                .toList();
    }

    /** Of two drawn ones the less loaded, so that what is given up within a moment does not all go to one. */
    private static Optional<Node> drawn(List<NodeReport> takers) {
        if (takers.isEmpty()) {
            return Optional.empty();
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        NodeReport one = takers.get(random.nextInt(takers.size()));
        NodeReport other = takers.get(random.nextInt(takers.size()));
        return Optional.of((one.load().permille() <= other.load().permille() ? one : other).node());
    }

    /** Another server that takes rooms. Safe on any thread. @return empty for one that is gone, drains, or does not fit */
    public Optional<Node> find(String id) {
        return others().stream()
                .map(NodeReport::node)
                .filter(node -> node.id().equals(id))
                .findFirst();
    }

    /** Whether this server is so full that new players should go to another one. Safe on any thread. */
    public boolean isNearlyFull() {
        return store != null && self.get().load().isFullOfConnections();
    }

    /** Leaves the directory, if the store takes it, and stops. */
    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        if (store != null) {
            store.exchange(new DirectoryReport(self.get().node().id(), "", List.of(), 0, false))
                    .whenComplete((left, failure) -> {
                        if (failure != null) {
                            log.debug(
                                    "this server runs out in the directory by itself: {}",
                                    Causes.of(failure).getMessage());
                        }
                    });
        }
    }
}
