package tavern.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;
import tavern.server.store.DirectoryAnswer;
import tavern.server.store.DirectoryReport;
import tavern.server.store.DirectoryStore;
import tavern.server.store.RoomNews;
import tavern.server.store.StoreUnavailableException;
import tavern.server.time.Clocks;

/** What a server does with the answers of its realm's directory. */
final class DirectoryTest {
    private static final RoomId HALL = new RoomId("hall");
    private static final RoomNews NEWS = RoomNews.closed(HALL, 3);

    private final List<DirectoryReport> reports = new CopyOnWriteArrayList<>();
    private final List<String> done = new CopyOnWriteArrayList<>();
    private final Deque<CompletionStage<DirectoryAnswer>> answers = new ArrayDeque<>();
    private volatile CompletionStage<String> noted = CompletableFuture.completedFuture("other");
    private volatile int thrown;
    private volatile String order = "";
    private volatile DirectoryAnswer usual = answer(9, false, false, row("self", 500, 0), row("other", 0, 0));

    private static DirectoryAnswer.NodeRow row(String id, int players, long silentMillis) {
        return new DirectoryAnswer.NodeRow(
                id, 2, silentMillis, LeastLoadedTest.node(id, players).text());
    }

    private static DirectoryAnswer answer(long version, boolean more, boolean missed, DirectoryAnswer.NodeRow... rows) {
        return new DirectoryAnswer(List.of(rows), 2, version, more, missed, "", List.of());
    }

    private DirectoryAnswer ordered(DirectoryAnswer answer) {
        return new DirectoryAnswer(
                answer.nodes(),
                answer.schema(),
                answer.version(),
                answer.more(),
                answer.missed(),
                order,
                answer.news());
    }

    private final DirectoryStore store = new DirectoryStore() {
        @Override
        public CompletionStage<DirectoryAnswer> exchange(DirectoryReport report) {
            reports.add(report);
            if (reports.size() <= thrown) {
                throw new IllegalStateException("test");
            }
            synchronized (answers) {
                return answers.isEmpty() ? CompletableFuture.completedFuture(ordered(usual)) : answers.pop();
            }
        }

        @Override
        public CompletionStage<Void> order(String words) {
            order = words;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<String> place(RoomId room, String node, long keptMillis) {
            return noted;
        }
    };

    private final RoomsOfRealm rooms = new RoomsOfRealm() {
        private final List<RoomNews> untold = new ArrayList<>(List.of(NEWS));

        @Override
        public List<RoomNews> news(int max) {
            List<RoomNews> news = List.copyOf(untold);
            untold.clear();
            return news;
        }

        @Override
        public void untold(List<RoomNews> news) {
            untold.addAll(news);
            done.add("untold " + news.size());
        }

        @Override
        public void heard(List<RoomNews> news) {}

        @Override
        public void wholeBegins() {
            done.add("begins");
        }

        @Override
        public void wholeEnds() {
            done.add("ends");
        }

        @Override
        public void live(Set<String> nodes, boolean tidies) {
            done.add("live " + nodes.stream().sorted().toList() + (tidies ? " tidies" : ""));
        }

        @Override
        public boolean isElsewhere(RoomId room) {
            return room.name().equals("elsewhere");
        }
    };

    private Directory start() {
        return Directory.start(
                store, () -> LeastLoadedTest.node("self", 500), rooms, new LeastLoaded(250), Clocks.system());
    }

    private static Optional<String> place(Directory directory, String room, String type, boolean mustLeave) {
        return directory
                .place(new RoomId(room), type, mustLeave)
                .toCompletableFuture()
                .join()
                .map(Node::id);
    }

    @Test
    void allRoomsAreReadPageByPageAndNewsThatWasNotTakenIsToldAgain() {
        answers.add(CompletableFuture.failedFuture(new StoreUnavailableException("test", 1)));
        answers.add(CompletableFuture.completedFuture(answer(4, true, false)));
        answers.add(CompletableFuture.completedFuture(answer(7, false, false)));
        answers.add(CompletableFuture.completedFuture(answer(0, false, true)));
        try (Directory directory = start()) {
            await().until(() -> reports.size() >= 6);
            assertThat(reports.get(1).news()).containsExactly(NEWS);
            assertThat(reports).extracting(DirectoryReport::since).startsWith(0L, 0L, 4L, 7L, 0L, 9L);
            assertThat(reports).extracting(DirectoryReport::whole).startsWith(true, true, true, false, true, false);
            assertThat(done.stream().filter(each -> !each.startsWith("live")))
                    .startsWith("begins", "untold 1", "begins", "ends", "begins", "ends");
            assertThat(directory.isAlone()).isFalse();
        }
        assertThat(reports.get(reports.size() - 1).self()).as("it leaves").isEmpty();
    }

    @Test
    void aStoreThatThrowsIsAskedAgain() {
        thrown = 1;
        try (Directory directory = start()) {
            await().until(() -> directory.nodes().size() == 2);
            assertThat(reports.get(1).news()).containsExactly(NEWS);
        }
    }

    @Test
    void roomsArePlacedOnlyOnServersThatAreThereAndFit() {
        try (Directory directory = start()) {
            await().until(() -> directory.nodes().size() == 2);
            assertThat(place(directory, "hall", "", false)).contains("other");
            assertThat(place(directory, "hall", "chess", false)).contains("other");
            assertThat(place(directory, "hall", "go", false)).contains("other");
            assertThat(place(directory, "hall", "poker", true))
                    .as("it has no such type")
                    .isEmpty();
            assertThat(place(directory, "elsewhere", "", true))
                    .as("its lease decides")
                    .isEmpty();
            assertThat(directory.placeForPlayer()).map(Node::id).contains("other");
            noted = CompletableFuture.completedFuture("self");
            assertThat(place(directory, "hall", "", false))
                    .as("who was sent here stays")
                    .isEmpty();
            noted = CompletableFuture.completedFuture("");
            assertThat(place(directory, "hall", "", false)).as("it is held").isEmpty();
            noted = CompletableFuture.failedFuture(new StoreUnavailableException("test", 1));
            assertThat(place(directory, "hall", "", false)).isEmpty();
            noted = CompletableFuture.completedFuture("other");

            usual = answer(9, false, false, row("self", 500, 0), row("other", 0, Directory.GONE_MILLIS));
            await().until(() -> directory.nodes().get(0).gone());
            assertThat(place(directory, "hall", "", true)).isEmpty();
            assertThat(directory.placeForPlayer()).isEmpty();
            assertThat(done).contains("live [other, self]", "live [self] tidies");
        }
    }

    private static DirectoryAnswer.NodeRow row(String id, int players, String version) {
        return new DirectoryAnswer.NodeRow(
                id, 2, 0, LeastLoadedTest.node(id, players, version).text());
    }

    /** P-119. */
    @Test
    void anOrderForNewRoomsSendsThemToServersOfAVersionAndKeepsOthersAway() {
        // This one is so loaded that without an order all rooms go elsewhere.
        usual = answer(9, false, false, row("self", 500, 0), row("other", 0, 0), row("young", 10, "2.0"));
        try (Directory directory = start()) {
            await().until(() -> directory.nodes().size() == 3);
            done(directory.order(new Canary("2.0", 100, 1)));
            await().until(() -> directory.canary() != null);
            noted = CompletableFuture.completedFuture("young");
            assertThat(place(directory, "hall", "", false)).contains("young");
            assertThat(directory.next(HALL)).map(Node::id).contains("young");
            done(directory.order(new Canary("2.0", 0, 2)));
            await().until(() -> Objects.requireNonNull(directory.canary()).percent() == 0);
            noted = CompletableFuture.completedFuture("other");
            assertThat(place(directory, "hall", "", false)).contains("other");
            assertThat(directory.next(HALL)).map(Node::id).contains("other");

            usual = answer(9, false, false, row("self", 500, 0), row("young", 10, "2.0"));
            await().until(() -> directory.nodes().size() == 2);
            noted = CompletableFuture.completedFuture("young");
            assertThat(place(directory, "hall", "", false))
                    .as("it stays here, however loaded this server is")
                    .isEmpty();
            assertThat(place(directory, "hall", "", true)).as("it has to go").contains("young");

            done(directory.order(null));
            await().until(() -> directory.canary() == null);
            assertThat(place(directory, "hall", "", false)).contains("young");
        }
    }

    /** P-119. */
    @Test
    void anOrderIsNotUndoneByWhatWasAskedBeforeIt() {
        CompletableFuture<DirectoryAnswer> earlier = new CompletableFuture<>();
        synchronized (answers) {
            answers.add(earlier);
            answers.add(new CompletableFuture<>()); // so that nothing is heard after the earlier answer
        }
        try (Directory directory = start()) {
            await().until(() -> reports.size() == 1);
            done(directory.order(new Canary("2.0", 10, 1)));
            await().until(() -> directory.canary() != null);
            earlier.complete(answer(4, true, false));
            await().until(() -> reports.size() == 2);
            assertThat(directory.canary()).isEqualTo(new Canary("2.0", 10, 1));
        }
    }

    /** P-119: for rooms that are opened although nobody asks for them. */
    @Test
    void aRoomBelongsElsewhereOnlyIfAServerIsThereThatTakesIt() {
        usual = answer(9, false, false, row("self", 0, 0), row("young", 10, "2.0"));
        try (Directory directory = start()) {
            await().until(() -> directory.nodes().size() == 2);
            assertThat(directory.belongsElsewhere(HALL, "chess")).isFalse();
            done(directory.order(new Canary("2.0", 100, 1)));
            await().until(() -> directory.canary() != null);
            assertThat(directory.belongsElsewhere(HALL, "chess")).isTrue();
            assertThat(directory.belongsElsewhere(HALL, "")).isTrue();
            assertThat(directory.belongsElsewhere(HALL, "poker"))
                    .as("it has no such type")
                    .isFalse();
            usual = answer(9, false, false, row("self", 0, 0), row("young", 990, "2.0"));
            await().until(() -> !directory.belongsElsewhere(HALL, "chess"));
            done(directory.order(new Canary("2.0", 0, 2)));
            await().until(() -> Objects.requireNonNull(directory.canary()).percent() == 0);
            assertThat(directory.belongsElsewhere(HALL, "chess")).isFalse();
        }
    }

    @Test
    void anOrderThatIsNotUnderstoodLeavesTheOneBeforeInForce() {
        try (Directory directory = start()) {
            done(directory.order(new Canary("2.0", 10, 1)));
            await().until(() -> directory.canary() != null);
            order = "of tomorrow";
            int before = reports.size();
            await().until(() -> reports.size() >= before + 2);
            assertThat(directory.canary()).isNotNull();
            done(directory.order(null));
            await().until(() -> directory.canary() == null);
        }
    }

    private static void done(CompletionStage<Void> order) {
        order.toCompletableFuture().join();
    }

    @Test
    void aServerThatIsNearlyFullIsSentNobody() {
        usual = answer(9, false, false, row("self", 500, 0), row("other", 960, 0));
        try (Directory directory = start()) {
            await().until(() -> directory.nodes().size() == 2);
            assertThat(place(directory, "hall", "", true)).isEmpty();
            assertThat(directory.placeForPlayer()).isEmpty();
        }
    }

    @Test
    void aServerWithoutOthersAsksNobody() {
        try (Directory directory = Directory.start(
                null, () -> LeastLoadedTest.node("self", 999), rooms, new LeastLoaded(0), Clocks.system())) {
            assertThat(directory.isAlone()).isTrue();
            assertThat(place(directory, "hall", "", true)).isEmpty();
            assertThat(directory.placeForPlayer()).isEmpty();
            assertThat(directory.isNearlyFull()).isFalse();
        }
        assertThat(reports).isEmpty();
    }
}
