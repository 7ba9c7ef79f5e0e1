package tavern.bench.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tavern.protocol.Protocol;
import tavern.server.cluster.Directory;
import tavern.server.cluster.LeastLoaded;
import tavern.server.cluster.Node;
import tavern.server.cluster.NodeLoad;
import tavern.server.cluster.NodeMix;
import tavern.server.cluster.NodeReport;
import tavern.server.room.RealmRooms;
import tavern.server.store.StoreSettings;
import tavern.server.store.redis.RedisStore;
import tavern.server.time.Clocks;

/** The directory's part of a server, with rooms that are made up. */
final class DirectoryNode implements AutoCloseable {
    private static final String REALM = "bench";
    private static final int OPERATIONS_MAX = 10_000;
    private static final int OUTBOX_MAX = 100_000;
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int COPIES_MAX = 100_000;
    private static final int MARGIN_PERMILLE = 250;
    private static final int STEPS_PER_SECOND = 10;

    private final RedisStore store;
    private final Directory directory;
    private final RealmRooms rooms;
    private final ScheduledExecutorService mover = Executors.newSingleThreadScheduledExecutor();

    private DirectoryNode(RedisStore store, Directory directory, RealmRooms rooms) {
        this.store = store;
        this.directory = directory;
        this.rooms = rooms;
    }

    static DirectoryNode start(String redisUri, String id, MadeRooms made, int joinsPerSecond) {
        StoreSettings settings = new StoreSettings(
                StoreSettings.Kind.REDIS,
                Path.of("unused"),
                OPERATIONS_MAX,
                OUTBOX_MAX,
                1L << 30,
                StoreSettings.OUTCOMES_KEPT_DAYS,
                new StoreSettings.Redis(redisUri, true, TIMEOUT_MILLIS, 0));
        RedisStore store = RedisStore.open(settings, REALM, true);
        RealmRooms rooms = new RealmRooms(id, made, COPIES_MAX);
        Directory directory = Directory.start(
                store.directory(), () -> report(id, made), rooms, new LeastLoaded(MARGIN_PERMILLE), Clocks.system());
        DirectoryNode node = new DirectoryNode(store, directory, rooms);
        if (joinsPerSecond > 0) {
            node.mover.scheduleAtFixedRate(
                    () -> {
                        for (int i = 0; i < joinsPerSecond / STEPS_PER_SECOND; i++) {
                            made.move();
                        }
                    },
                    0,
                    1_000 / STEPS_PER_SECOND,
                    TimeUnit.MILLISECONDS);
        }
        return node;
    }

    private static NodeReport report(String id, MadeRooms made) {
        return new NodeReport(
                new Node(id, "127.0.0.1", 1),
                1,
                "bench",
                new NodeMix(Protocol.VERSION_MIN, Protocol.VERSION_MAX, NodeMix.FORMAT_MIN, NodeMix.FORMAT),
                false,
                Set.of("duel"),
                new NodeLoad(made.players(), COPIES_MAX, 0, COPIES_MAX, made.count(), COPIES_MAX, 0, 0, 0, 0));
    }

    RealmRooms rooms() {
        return rooms;
    }

    @Override
    public void close() {
        mover.shutdownNow();
        directory.close();
        store.close();
    }

    /** As a process of its own, with {@code --ready-file F} as {@code bin/server} has it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        MadeRooms made = new MadeRooms(Integer.getInteger("bench.rooms", 0), Integer.getInteger("bench.players", 0));
        DirectoryNode node = start(
                Objects.requireNonNull(System.getProperty("bench.redis")),
                Objects.requireNonNull(System.getProperty("bench.node")),
                made,
                Integer.getInteger("bench.joins", 0));
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "shutdown"));
        Files.writeString(Path.of(arguments[1]), "127.0.0.1:1");
        // Wait forever: a signal ends the process.
        new CountDownLatch(1).await();
    }
}
