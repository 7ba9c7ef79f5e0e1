package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.ServerMessage;

final class ListedRoomsTest {
    private static final int ROOMS = 10_000;
    private static final int PAGE = 50;

    private final ListedRooms listed = new ListedRooms();
    private int visits;

    /** Counts the looks at a room's metadata: there is one for each room that a page passes. */
    private final class Counted extends AbstractMap<String, String> {
        private final Map<String, String> entries;
        boolean counts;

        Counted(Map<String, String> entries) {
            this.entries = entries;
        }

        @Override
        public Set<Entry<String, String>> entrySet() {
            visits += counts ? 1 : 0;
            return entries.entrySet();
        }
    }

    private ListedRoom add(String name, Map<String, String> metadata) {
        Counted counted = new Counted(metadata);
        RoomInfo info = new RoomInfo(new RoomId(name), 1, 10, false, counted, "");
        ListedRoom room = ListedRoom.of(info, info::players);
        listed.add(room);
        counted.counts = true;
        return room;
    }

    private static String name(int number) {
        return "room-%05d".formatted(number);
    }

    private RoomPage page(String prefix, String after, Map<String, String> metadata) {
        visits = 0;
        return listed.page(new RoomQuery(prefix, after, PAGE, metadata));
    }

    private static List<String> names(RoomPage page) {
        return page.rooms().stream().map(room -> room.opened().id().name()).toList();
    }

    private static List<String> names(int from) {
        return IntStream.range(from, from + PAGE)
                .mapToObj(ListedRoomsTest::name)
                .toList();
    }

    @Test
    void aPageOfTenThousandRoomsLooksAtThoseThatItTells() {
        IntStream.range(0, ROOMS).forEach(i -> add(name(i), Map.of()));
        add("another", Map.of());

        assertThat(names(page("room-", "", Map.of()))).isEqualTo(names(0));
        assertThat(visits).isEqualTo(PAGE);
        RoomPage middle = page("", name(4_999), Map.of());
        assertThat(names(middle)).isEqualTo(names(5_000));
        assertThat(middle.next()).isEqualTo(name(5_049));
        assertThat(visits).isEqualTo(PAGE);
        assertThat(names(page("room-0999", "", Map.of()))).hasSize(10);
        assertThat(visits).isEqualTo(10);
        assertThat(page("zzz", "", Map.of())).isEqualTo(new RoomPage(List.of(), ""));
        assertThat(visits).isZero();
    }

    @Test
    void aFilterThatFewRoomsFitLooksAtThoseFew() {
        IntStream.range(0, ROOMS)
                .forEach(i -> add(name(i), Map.of("mode", i % 2_500 == 7 ? "duel" : "open", "region", "eu")));

        RoomPage page = page("", "", Map.of("region", "eu", "mode", "duel"));

        assertThat(names(page)).containsExactly(name(7), name(2_507), name(5_007), name(7_507));
        assertThat(page.next()).isEmpty();
        assertThat(visits).isEqualTo(4);
        assertThat(page("", "", Map.of("mode", "none")).rooms()).isEmpty();
        assertThat(visits).isZero();
    }

    @Test
    void aFilterWhoseEntriesFitManyAndWhichFitsFewStopsAndSaysWhereToGoOn() {
        IntStream.range(0, ROOMS).forEach(i -> add(name(i), Map.of(i % 2 == 0 ? "even" : "odd", "yes", "x", "y")));
        add(name(ROOMS), Map.of("even", "yes", "odd", "yes"));

        List<String> found = new ArrayList<>();
        String after = "";
        int pages = 0;
        do {
            RoomPage page = page("", after, Map.of("even", "yes", "odd", "yes"));
            assertThat(visits).isLessThanOrEqualTo(ListedRooms.VISITS_MAX);
            found.addAll(names(page));
            after = page.next();
            pages++;
        } while (!after.isEmpty());

        assertThat(found).containsExactly(name(ROOMS));
        assertThat(pages).isEqualTo(1 + ROOMS / 2 / ListedRooms.VISITS_MAX);
    }

    @Test
    void aPageOfRoomsWithMuchMetadataIsShorter() {
        Map<String, String> much = new HashMap<>();
        IntStream.range(0, 8).forEach(i -> much.put("key" + i, "x".repeat(128)));
        IntStream.range(0, PAGE).forEach(i -> add(name(i), much));

        RoomPage page = page("", "", Map.of());

        assertThat(page.rooms()).hasSizeBetween(10, 20);
        assertThat(page.next()).isEqualTo(name(page.rooms().size() - 1));
        assertThat(all("", Map.of())).isEqualTo(names(0));
    }

    @Test
    void aPageIsWrittenWithWhatTheRoomsAreNow() throws Exception {
        AtomicInteger players = new AtomicInteger(1);
        Map<String, String> metadata = Map.of("mode", "duel", "title", "für alle");
        listed.add(ListedRoom.of(new RoomInfo(new RoomId("hall"), 1, 10, false, metadata, ""), players::get));
        listed.add(ListedRoom.of(new RoomInfo(new RoomId("inn"), 0, 5, false, Map.of(), ""), () -> 0));
        players.set(7);

        RoomPage page = page("", "", Map.of());

        assertThat(ServerMessage.parseFrom(Wire.rooms(3, page).toByteArray()))
                .isEqualTo(ServerMessage.newBuilder()
                        .setReplyTo(3)
                        .setRoomList(RoomList.newBuilder()
                                .addRooms(tavern.protocol.v1.RoomInfo.newBuilder()
                                        .setRoom("hall")
                                        .setPlayers(7)
                                        .setCapacity(10)
                                        .putAllMetadata(metadata))
                                .addRooms(tavern.protocol.v1.RoomInfo.newBuilder()
                                        .setRoom("inn")
                                        .setCapacity(5)))
                        .build());
    }

    @Test
    void aRoomThatClosesLateDoesNotTakeItsSuccessorFromTheList() {
        ListedRoom first = add("hall", Map.of("mode", "duel"));
        ListedRoom second = add("hall", Map.of("mode", "open"));
        listed.remove(first);

        assertThat(names(page("", "", Map.of()))).containsExactly("hall");
        assertThat(names(page("", "", Map.of("mode", "open")))).containsExactly("hall");
        assertThat(names(page("", "", Map.of("mode", "duel")))).isEmpty();
        listed.remove(second);
        assertThat(names(page("", "", Map.of()))).isEmpty();
        assertThat(names(page("", "", Map.of("mode", "open")))).isEmpty();
    }

    @Test
    void whateverOpensAndClosesThePagesTellAllThatFit() {
        long given = Long.getLong("tavern.seed", 0);
        long seed = given == 0 ? System.nanoTime() : given;
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<String, ListedRoom> open = new TreeMap<>();
        for (int step = 0; step < 5_000; step++) {
            String name = "r" + random.nextInt(400);
            ListedRoom closing = open.remove(name);
            if (closing != null) {
                listed.remove(closing);
            } else {
                open.put(name, add(name, metadata(random)));
            }
            if (step % 50 == 0) {
                Map<String, String> filter = metadata(random);
                String prefix = random.nextBoolean() ? "" : "r" + random.nextInt(10);
                List<String> fit = open.entrySet().stream()
                        .filter(room -> room.getKey().startsWith(prefix))
                        .filter(room ->
                                room.getValue().opened().metadata().entrySet().containsAll(filter.entrySet()))
                        .map(Map.Entry::getKey)
                        .toList();
                assertThat(all(prefix, filter))
                        .as("seed %s, step %s", seed, step)
                        .isEqualTo(fit);
            }
        }
    }

    private static Map<String, String> metadata(SplittableRandom random) {
        Map<String, String> metadata = new HashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            metadata.put("k" + random.nextInt(3), "v" + random.nextInt(2));
        }
        return metadata;
    }

    private List<String> all(String prefix, Map<String, String> filter) {
        List<String> found = new ArrayList<>();
        String after = "";
        do {
            RoomPage page = page(prefix, after, filter);
            found.addAll(names(page));
            after = page.next();
        } while (!after.isEmpty());
        return found;
    }
}
