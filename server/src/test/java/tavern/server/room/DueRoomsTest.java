package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Node;
import tavern.server.store.DueRoom;
import tavern.server.store.GameStore;
import tavern.server.store.KeptGame;
import tavern.server.store.LeaderboardPage;
import tavern.server.store.LeaseKey;
import tavern.server.time.SetClocks;

final class DueRoomsTest {
    private final SetClocks clocks = new SetClocks();
    private final EmbeddedChannel loop = new EmbeddedChannel();

    /** Those that have waited for longest first. */
    private final List<DueRoom> stored = new ArrayList<>();

    private final Set<RoomId> open = new HashSet<>();
    private final Set<RoomId> broken = new HashSet<>();
    private final Set<RoomId> elsewhere = new HashSet<>();
    private final List<String> opened = new ArrayList<>();
    private long heldForMillis;
    private DueRooms due;

    @BeforeEach
    void start() {
        loop.freezeTime();
        GameStore store = new GameStore() {
            @Override
            public CompletionStage<Optional<KeptGame>> game(RoomId room) {
                throw new AssertionError(room);
            }

            @Override
            public CompletionStage<LeaderboardPage> leaderboard(String board, int after, int max) {
                throw new AssertionError(board);
            }

            @Override
            public CompletionStage<LeaderboardPage> leaderboardAround(String board, PlayerId player, int max) {
                throw new AssertionError(board);
            }

            @Override
            public CompletionStage<List<DueRoom>> dueRooms(long untilMillis, int max) {
                List<DueRoom> page = stored.subList(0, Math.min(max, stored.size()));
                return CompletableFuture.completedFuture(List.copyOf(page));
            }
        };
        DueRooms.Door door = new DueRooms.Door() {
            @Override
            public boolean isOpen(RoomId room) {
                return open.contains(room);
            }

            @Override
            public boolean belongsElsewhere(DueRoom room) {
                return elsewhere.contains(room.room());
            }

            @Override
            public CompletionStage<?> open(DueRoom room) {
                opened.add(room.room().name());
                if (heldForMillis > 0) {
                    return CompletableFuture.failedFuture(new HeldElsewhereException(
                            LeaseKey.room(room.room()), new Node("other", "127.0.0.1", 7777), heldForMillis));
                }
                return broken.contains(room.room())
                        ? CompletableFuture.failedFuture(new IllegalStateException("broken"))
                        : CompletableFuture.completedFuture("open");
            }
        };
        due = new DueRooms(door, store, clocks.clocks(), loop.eventLoop());
    }

    @AfterEach
    void close() {
        due.close();
        loop.close();
    }

    private RoomId store(String name, long dueMillis) {
        RoomId room = new RoomId(name);
        stored.add(new DueRoom(room, "cards", dueMillis));
        return room;
    }

    private void secondsPass(int seconds) {
        for (int i = 0; i < seconds; i++) {
            clocks.turn(1_000);
            loop.advanceTimeBy(1, TimeUnit.SECONDS);
            loop.runPendingTasks();
            loop.runPendingTasks(); // with what the store has answered
        }
    }

    @Test
    void openRoomsThatStayDueDoNotHideThoseBehindThem() {
        for (int i = 0; i < 3 * DueRooms.ROOMS_MAX; i++) {
            open.add(store("open-" + i, 1));
        }
        store("late", 2);

        secondsPass(4);

        assertThat(opened).containsExactly("late");
    }

    @Test
    void roomsThatCannotBeOpenedDoNotHideThoseBehindThem() {
        for (int i = 0; i < 3 * DueRooms.ROOMS_MAX; i++) {
            broken.add(store("broken-" + i, 1));
        }
        store("late", 2);

        secondsPass(10);

        assertThat(opened).contains("late");
    }

    @Test
    void someAreOpenedInOneGoAndOthersInTheNext() {
        for (int i = 0; i < 2 * DueRooms.ROOMS_MAX; i++) {
            open.add(store("room-" + i, 1));
        }
        secondsPass(3);
        open.clear();

        secondsPass(1);

        assertThat(opened).hasSize(DueRooms.ROOMS_MAX).startsWith("room-0");
    }

    @Test
    void aRoomThatStaysDueForTheSameIsOpenedLessAndLessOften() {
        store("waiting", 1);

        secondsPass(1 + 1 + 2 + 4 + 8);

        assertThat(opened).containsExactly("waiting", "waiting", "waiting", "waiting", "waiting");
        secondsPass(60 + 8 * 60);
        assertThat(opened.size()).isBetween(5 + 2 + 8, 5 + 2 + 9);
    }

    @Test
    void aRoomOfAnotherServerIsOpenedAsSoonAsThatOnesLeaseHasRunOut() {
        store("elsewhere", 1);
        heldForMillis = 10_000;
        secondsPass(1);
        heldForMillis = 4_000;
        secondsPass(10);
        assertThat(opened).hasSize(2);

        heldForMillis = 0;
        secondsPass(4);

        assertThat(opened).hasSize(3);
    }

    /** P-119. */
    @Test
    void aRoomThatBelongsToAnotherVersionIsLeftToItForAMomentOnly() {
        elsewhere.add(store("share", 1));
        store("hall", 1);
        secondsPass(2);
        assertThat(opened).containsOnly("hall");

        secondsPass(1);

        assertThat(opened).contains("share");
    }

    /** P-119. */
    @Test
    void aRoomThatAnotherVersionHasHadIsLeftToItWhenItsLeaseHasRunOut() {
        elsewhere.add(store("share", 1));
        heldForMillis = 10_000;
        secondsPass(3);
        assertThat(opened).hasSize(1);
        heldForMillis = 0;
        secondsPass(11);
        assertThat(opened).hasSize(1);

        secondsPass(1);

        assertThat(opened).hasSize(2);
    }

    /** P-119. */
    @Test
    void aRoomThatOthersHaveSeenToIsNotOpened() {
        elsewhere.add(store("share", 1));
        secondsPass(2);
        stored.clear();
        secondsPass(1);
        elsewhere.add(store("share", 5_000));
        secondsPass(2);
        assertThat(opened).isEmpty();
    }

    @Test
    void aRoomThatIsDueForSomethingElseIsOpenedAtOnce() {
        store("busy", 1);
        secondsPass(20);
        int before = opened.size();

        for (int i = 0; i < 5; i++) {
            stored.clear();
            store("busy", 100 + i);
            secondsPass(1);
        }

        assertThat(opened).hasSize(before + 5);
    }
}
