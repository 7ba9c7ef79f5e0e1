package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;
import tavern.server.store.OpenRoom;
import tavern.server.store.RoomNews;

/** What servers tell each other of their rooms, and what each then knows. */
final class RealmRoomsTest {
    private static final RoomPage NOTHING = new RoomPage(List.of(), "");
    private static final int MAX = 100;

    /** Rooms of a server that a test opens and closes. */
    private static final class Made implements RoomsHere {
        final Map<RoomId, RoomInfo> open = new TreeMap<>();
        final Map<RoomId, Long> fences = new HashMap<>();

        void open(String name, int players, long fence) {
            RoomId id = new RoomId(name);
            open.put(id, new RoomInfo(id, players, 10, false, Map.of("a", "b"), ""));
            fences.put(id, fence);
        }

        @Override
        public void forEach(ObjLongConsumer<RoomInfo> each) {
            open.forEach((id, info) -> each.accept(info, fences.getOrDefault(id, 0L)));
        }

        @Override
        public boolean isOpen(RoomId room) {
            return open.containsKey(room);
        }
    }

    private final Made here = new Made();
    private final RealmRooms rooms = new RealmRooms("one", here, 1_000);

    private static RoomNews there(String name, long fence, int players) {
        return RoomNews.of(new OpenRoom(new RoomId(name), fence, "other", players, 10, false, Map.of("a", "b"), ""));
    }

    private static RoomNews closed(String name, long fence) {
        return RoomNews.closed(new RoomId(name), fence);
    }

    private List<String> listed() {
        return rooms.page(NOTHING, new RoomQuery("", "", 50, Map.of())).rooms().stream()
                .map(room -> room.opened().id().name() + " " + room.players().getAsInt())
                .toList();
    }

    private static List<String> words(List<RoomNews> news) {
        return news.stream().map(RealmRoomsTest::word).toList();
    }

    private static String word(RoomNews news) {
        OpenRoom open = news.open();
        return news.room() + (open == null ? " closed" : " " + open.players());
    }

    @Test
    void onlyWhatHasChangedIsTold() {
        here.open("hall", 1, 5);
        here.open("attic", 2, 6);
        assertThat(words(rooms.news(MAX))).containsExactly("attic 2", "hall 1");
        assertThat(rooms.news(MAX)).isEmpty();
        here.open("hall", 3, 5);
        assertThat(words(rooms.news(MAX))).containsExactly("hall 3");
        here.open.remove(new RoomId("attic"));
        List<RoomNews> closing = rooms.news(MAX);
        assertThat(closing).containsExactly(closed("attic", 6));
        rooms.untold(closing);
        assertThat(rooms.news(MAX)).containsExactly(closed("attic", 6));
        assertThat(rooms.news(MAX)).isEmpty();
    }

    @Test
    void whenMoreChangesThanMayBeToldAllHaveTheirTurn() {
        for (int i = 0; i < 1_000; i++) {
            here.open("room" + i, 0, 5);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(rooms.news(MAX)).hasSize(MAX);
        }
        assertThat(rooms.news(MAX)).isEmpty();
        Set<RoomId> told = new HashSet<>();
        for (int second = 1; second <= 12; second++) {
            int players = second;
            here.open.replaceAll((id, info) -> new RoomInfo(id, players, 10, false, info.metadata(), ""));
            rooms.news(MAX).forEach(news -> told.add(news.room()));
        }
        assertThat(told).hasSize(1_000);
    }

    @Test
    void muchMetadataIsToldBitByBit() {
        Map<String, String> metadata = Map.of("a", "x".repeat(50_000));
        for (int i = 0; i < 20; i++) {
            RoomId id = new RoomId("room" + i);
            here.open.put(id, new RoomInfo(id, 0, 10, false, metadata, ""));
            here.fences.put(id, 5L);
        }
        assertThat(rooms.news(MAX)).hasSize(6);
        assertThat(rooms.news(MAX)).hasSize(6);
        assertThat(rooms.news(MAX)).hasSize(6);
        assertThat(rooms.news(MAX)).hasSize(2);
        assertThat(rooms.news(MAX)).isEmpty();
    }

    @Test
    void roomsOfServersThatAreNotThereAreNotListedAndOneServerTidiesUp() {
        rooms.heard(List.of(there("hall", 5, 3)));
        assertThat(listed()).as("nobody said that its server is there").isEmpty();
        rooms.live(Set.of("one", "other"), true);
        assertThat(listed()).containsExactly("hall 3");
        assertThat(rooms.isElsewhere(new RoomId("hall"))).isTrue();
        rooms.heard(List.of(there("hall", 5, 4)));
        assertThat(listed()).containsExactly("hall 4");
        assertThat(rooms.news(MAX)).isEmpty();

        rooms.live(Set.of("one"), false);
        assertThat(listed()).isEmpty();
        assertThat(rooms.isElsewhere(new RoomId("hall"))).isFalse();
        assertThat(rooms.news(MAX)).isEmpty();
        rooms.live(Set.of("one"), true);
        assertThat(rooms.news(MAX)).containsExactly(closed("hall", 5));
        rooms.heard(List.of(closed("hall", 5)));
        assertThat(rooms.news(MAX)).isEmpty();
    }

    @Test
    void whatTheDirectoryHasWrongOfThisServerIsToldAgain() {
        here.open("hall", 1, 5);
        rooms.news(MAX);
        rooms.heard(List.of(closed("hall", 5)));
        assertThat(words(rooms.news(MAX)))
                .as("another server took this one for gone")
                .containsExactly("hall 1");

        OpenRoom earlier = new OpenRoom(new RoomId("cellar"), 4, "one", 1, 10, false, Map.of(), "");
        rooms.heard(List.of(RoomNews.of(earlier)));
        assertThat(rooms.news(MAX)).as("of an earlier life").containsExactly(closed("cellar", 4));

        rooms.wholeBegins();
        rooms.heard(List.of(there("attic", 3, 1)));
        rooms.wholeEnds();
        assertThat(words(rooms.news(MAX))).as("it was lost").containsExactly("hall 1");
        rooms.live(Set.of("one", "other"), false);
        assertThat(listed()).containsExactly("attic 1");
        rooms.wholeBegins();
        rooms.wholeEnds();
        assertThat(listed()).as("nobody has it any more").isEmpty();
    }

    @Test
    void aRoomThatMovedIsWhereItsNewestOwnerSays() {
        rooms.live(Set.of("one", "other"), false);
        here.open("hall", 1, 5);
        rooms.news(MAX);
        rooms.heard(List.of(there("hall", 9, 7)));
        assertThat(listed()).containsExactly("hall 7");
        here.open.clear();
        assertThat(rooms.news(MAX)).containsExactly(closed("hall", 5));
        assertThat(listed()).containsExactly("hall 7");
    }

    @Test
    void noMoreRoomsAreKeptThanConfigured() {
        rooms.live(Set.of("one", "other"), false);
        List<RoomNews> many = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            many.add(there("room%04d".formatted(i), 5, 1));
        }
        rooms.heard(many);
        assertThat(rooms.find(room -> true, RealmRooms.Order.NAME, null, 10).total())
                .isEqualTo(1_000);
        for (int i = 0; i < 1_500; i++) {
            many.set(i, closed("room%04d".formatted(i), 5));
        }
        rooms.heard(many);
        assertThat(rooms.find(room -> true, RealmRooms.Order.NAME, null, 10).total())
                .isZero();
        rooms.heard(List.of(there("hall", 5, 1)));
        assertThat(listed()).containsExactly("hall 1");
    }

    @Test
    void pagesForOperatorsHaveEachRoomOnceInTheirOrder() {
        SplittableRandom random = new SplittableRandom(3);
        rooms.live(Set.of("one", "other"), false);
        for (int i = 0; i < 300; i++) {
            if (random.nextBoolean()) {
                here.open("room" + i, random.nextInt(20), 5);
            } else {
                rooms.heard(List.of(there("room" + i, 5, random.nextInt(20))));
            }
        }
        for (RealmRooms.Order order : RealmRooms.Order.values()) {
            List<OpenRoom> told = new ArrayList<>();
            @Nullable OpenRoom after = null;
            while (true) {
                RealmRooms.Found found = rooms.find(room -> room.players() > 3, order, after, 17);
                told.addAll(found.rooms());
                if (found.rooms().size() < 17) {
                    assertThat(told).hasSize(found.total()).isSortedAccordingTo(order.comparator());
                    break;
                }
                after = told.get(told.size() - 1);
            }
            assertThat(told).doesNotHaveDuplicates().hasSizeGreaterThan(200);
        }
    }
}
