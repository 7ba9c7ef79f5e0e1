package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;

/** What a directory must do that servers share. */
public abstract class DirectoryContract {
    private static final AtomicInteger realms = new AtomicInteger();

    private Store store;
    private DirectoryStore directory;
    protected String realm;

    protected abstract Store open(String name);

    @BeforeEach
    void openStore() {
        realm = "directory" + realms.incrementAndGet();
        store = open(realm);
        directory = Objects.requireNonNull(store.directory());
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    private static OpenRoom room(String name, long fence, String node, int players) {
        return new OpenRoom(
                new RoomId(name), fence, node, players, 50, false, Map.of("mode", "a b&c", "", ""), "chess");
    }

    private DirectoryAnswer tell(String node, long since, RoomNews... news) {
        return Realm.await(directory.exchange(new DirectoryReport(node, "about " + node, List.of(news), since, false)));
    }

    private Map<RoomId, OpenRoom> all(String node) {
        Map<RoomId, OpenRoom> open = new HashMap<>();
        long since = 0;
        while (true) {
            DirectoryAnswer page =
                    Realm.await(directory.exchange(new DirectoryReport(node, "x", List.of(), since, true)));
            page.news().forEach(news -> open.put(news.room(), news.open()));
            since = page.version();
            if (!page.more()) {
                open.values().removeIf(each -> each == null);
                return open;
            }
        }
    }

    @Test
    void anOrderIsHeardByAllUntilItIsTakenBack() {
        assertThat(tell("one", 0).order()).isEmpty();
        Realm.await(directory.order("10 1 2.0"));
        long known = tell("one", 0, RoomNews.of(room("hall", 5, "one", 3))).version();
        assertThat(tell("one", known).order()).isEqualTo("10 1 2.0");
        assertThat(tell("other", 1).order()).as("who has missed news").isEqualTo("10 1 2.0");
        Realm.await(directory.order(""));
        assertThat(tell("other", 0).order()).isEmpty();
    }

    @Test
    void serversSeeEachOtherUntilTheyLeave() {
        tell("one", 0);
        assertThat(tell("other", 0).nodes())
                .extracting(DirectoryAnswer.NodeRow::node, DirectoryAnswer.NodeRow::text)
                .containsExactlyInAnyOrder(tuple("one", "about one"), tuple("other", "about other"));
        DirectoryAnswer looked = Realm.await(directory.exchange(DirectoryReport.NONE));
        assertThat(looked.nodes()).hasSize(2).allSatisfy(row -> {
            assertThat(row.schema()).isEqualTo(looked.schema()).isPositive();
            assertThat(row.silentMillis()).isBetween(0L, 10_000L);
        });
        Realm.await(directory.exchange(new DirectoryReport("one", "", List.of(), 0, false)));
        assertThat(tell("other", 0).nodes())
                .extracting(DirectoryAnswer.NodeRow::node)
                .containsExactly("other");
    }

    @Test
    void newsIsToldOnceAndOnlyToOthers() {
        OpenRoom hall = room("hall", 7, "one", 3);
        DirectoryAnswer own = tell("one", 0, RoomNews.of(hall));
        assertThat(own.news()).isEmpty();
        DirectoryAnswer heard = tell("other", 0);
        assertThat(heard.news()).containsExactly(RoomNews.of(hall));
        assertThat(tell("other", heard.version()).news()).isEmpty();

        OpenRoom fuller = room("hall", 7, "one", 4);
        tell("one", own.version(), RoomNews.of(fuller));
        DirectoryAnswer again = tell("other", heard.version());
        assertThat(again.news()).containsExactly(RoomNews.of(fuller));
        tell("one", 0, RoomNews.closed(hall.room(), 7));
        assertThat(tell("other", again.version()).news()).containsExactly(RoomNews.closed(hall.room(), 7));
        assertThat(all("third")).isEmpty();
    }

    @Test
    void anEarlierOwnerOfARoomIsNotBelieved() {
        OpenRoom moved = room("hall", 9, "other", 1);
        tell("one", 0, RoomNews.of(room("hall", 7, "one", 3)));
        tell("other", 0, RoomNews.of(moved));
        tell("one", 0, RoomNews.of(room("hall", 7, "one", 5)), RoomNews.closed(moved.room(), 8));
        assertThat(all("third")).containsOnly(Map.entry(moved.room(), moved));
    }

    @Test
    void aServerThatHasMissedNewsIsTold() {
        DirectoryAnswer before = tell("one", 0, RoomNews.of(room("hall", 7, "one", 3)));
        assertThat(tell("other", before.version() + 1_000_000_000L).missed())
                .as("the store has gone back")
                .isTrue();
        assertThat(tell("other", before.version()).missed()).isFalse();
    }

    @Test
    void manyRoomsAreReadPageByPageWhileTheyChange() {
        SplittableRandom random = new SplittableRandom(17);
        Map<RoomId, OpenRoom> expected = new HashMap<>();
        for (int page = 0; page < 6; page++) {
            List<RoomNews> news = new ArrayList<>();
            for (int i = 0; i < DirectoryStore.NEWS_MAX; i++) {
                OpenRoom room = room("room-" + random.nextInt(4_000), 5, "one", random.nextInt(50));
                news.add(RoomNews.of(room));
                expected.put(room.room(), room);
            }
            Realm.await(directory.exchange(new DirectoryReport("one", "x", news, 0, false)));
        }
        assertThat(expected).hasSizeGreaterThan(1_000);
        assertThat(all("other")).isEqualTo(expected);
        assertThat(all("one")).as("its own too, when all are read").isEqualTo(expected);

        DirectoryAnswer first = Realm.await(directory.exchange(new DirectoryReport("other", "x", List.of(), 0, true)));
        assertThat(first.more()).isTrue();
        OpenRoom changed = room(first.news().get(0).room().name(), 5, "one", 99);
        tell("one", 0, RoomNews.of(changed));
        TreeSet<Integer> players = new TreeSet<>();
        DirectoryAnswer next = first;
        while (next.more()) {
            next = Realm.await(directory.exchange(new DirectoryReport("other", "x", List.of(), next.version(), true)));
            next.news().stream()
                    .filter(news -> news.room().equals(changed.room()))
                    .forEach(news ->
                            players.add(Objects.requireNonNull(news.open()).players()));
        }
        assertThat(players).containsExactly(99);
    }

    @Test
    void allWhoAreAskedSendPlayersToTheSameServerUnlessARoomIsHeld() {
        RoomId hall = new RoomId("hall");
        assertThat(Realm.await(directory.place(hall, "one", 60_000))).isEqualTo("one");
        assertThat(Realm.await(directory.place(hall, "other", 60_000))).isEqualTo("one");
        Realm.acquire(store, hall);
        assertThat(Realm.await(directory.place(hall, "other", 60_000))).isEmpty();
    }
}
