package tavern.server.store.embedded;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Position;
import tavern.server.store.ChatLine;
import tavern.server.store.PlayerPosition;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;

/**
 * Measures what rooms write: {@code RoomWriteRate <folder> [flushes] [rooms] [rows]}. In each flush all rooms append as
 * many lines of chat, or save as many places, at the same moment, and all are awaited.
 */
final class RoomWriteRate {
    private static final int KEEP = 100;
    private static final String TEXT = "does anybody here sell a sword for 30 gold, or a bow";

    private final Store store;
    private final int flushes;
    private final int rows;
    /** By room: the fence. */
    private final TreeMap<RoomId, Long> rooms = new TreeMap<>();

    /** How much was said before in each room. */
    private long said;

    private RoomWriteRate(Store store, int flushes, int rooms, int rows) {
        this.store = store;
        this.flushes = flushes;
        this.rows = rows;
        for (int i = 0; i < rooms; i++) {
            RoomId room = new RoomId("room-" + i);
            this.rooms.put(room, Realm.acquire(store, room));
        }
    }

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory(Path.of(args[0]), "rate");
        int[] numbers = Arrays.stream(args).skip(1).mapToInt(Integer::parseInt).toArray();
        int flushes = numbers.length > 0 ? numbers[0] : 1000;
        int rooms = numbers.length > 1 ? numbers[1] : 50;
        int rows = numbers.length > 2 ? numbers[2] : 15;
        try (EmbeddedStore store = EmbeddedStore.open(StoreSettings.embedded(folder, 2 * rooms, 100))) {
            RoomWriteRate rate = new RoomWriteRate(store, flushes, rooms, rows);
            for (String time : new String[] {"cold", "warm", "warm"}) {
                rate.measure(System.out, time + " chat  ", rate::say);
                rate.measure(System.out, time + " places", rate::walk);
            }
        }
    }

    private void measure(PrintStream out, String what, Flush flush) {
        long[] nanos = new long[flushes];
        long startCpu = SettlementRate.writerCpuNanos();
        for (int i = 0; i < flushes; i++) {
            long begin = System.nanoTime();
            Realm.await(flush.all());
            nanos[i] = System.nanoTime() - begin;
        }
        double cpuMicros = (SettlementRate.writerCpuNanos() - startCpu) / 1e3 / flushes;
        Arrays.sort(nanos);
        out.printf(
                "%s: %6.2f us of the writer's CPU a row, %,7.0f us a flush; a flush takes p50 %.2f ms, p99 %.2f ms%n",
                what,
                cpuMicros / rooms.size() / rows,
                cpuMicros,
                nanos[flushes / 2] / 1e6,
                nanos[(int) (flushes * 99L / 100)] / 1e6);
    }

    private CompletionStage<Void> say() {
        List<ChatLine> lines = IntStream.range(0, rows)
                .mapToObj(i -> new ChatLine("player-" + i, TEXT, Realm.NOW + said + i))
                .toList();
        long number = said;
        said += rows;
        return CompletableFuture.allOf(rooms.entrySet().stream()
                .map(room -> store.appendChat(room.getKey(), room.getValue(), room.getValue() + number, lines, KEEP))
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new));
    }

    private CompletionStage<Void> walk() {
        int x = (int) (said++ % 1000);
        return CompletableFuture.allOf(rooms.entrySet().stream()
                .map(room -> store.savePositions(room.getKey(), room.getValue(), places(room.getKey(), x)))
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture<?>[]::new));
    }

    /** Players' ids are all over the realm. */
    private List<PlayerPosition> places(RoomId room, int x) {
        int first = Math.floorMod(room.hashCode(), 1000) + 1;
        return IntStream.range(0, rows)
                .mapToObj(i -> new PlayerPosition(new PlayerId(first + 1000L * i), new Position(x, i)))
                .toList();
    }

    private interface Flush {
        CompletionStage<Void> all();
    }
}
