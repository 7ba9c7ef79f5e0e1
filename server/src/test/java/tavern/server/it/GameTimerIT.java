package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.FairTime;
import tavern.server.services.RedisProcess;

/** A timer runs out once, and soon, also if nobody is there: the server is down then, or the room is empty and closed. */
@Timeout(120)
class GameTimerIT {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final int RUNS_OUT_MILLIS = 2_500;

    @TempDir
    Path folder;

    @Test
    void onTheEmbeddedStore() throws Exception {
        timersRunOut();
    }

    @Test
    void onRedis() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
            timersRunOut("store.kind=redis", "store.redis.uri=" + redis.uri(), "cluster.lease-millis=2000");
        }
    }

    private void timersRunOut(String... store) throws Exception {
        GameRoomIT.packTheGame(folder.resolve("games"));
        String[] settings = Stream.concat(Stream.of(GameRoomIT.settings(folder.resolve("games"))), Stream.of(store))
                .toArray(String[]::new);
        long dueMillis;
        try (ServerProcess server = start(settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            dueMillis = setAlarm(ann, "first");
            server.kill();
        }
        waiting("the time of the alarm").until(() -> System.currentTimeMillis() > dueMillis);
        try (ServerProcess server = start(settings);
                RawClient ann = new RawClient(server.address())) {
            long began = FairTime.nanos();
            ann.login("ann");
            awaitAlarms(ann, "alarm first");
            assertThat(Duration.ofNanos(FairTime.nanos() - began)).isLessThan(SOON);

            long secondMillis = setAlarm(ann, "second");
            ann.answerTo(ann.leave());
            waiting("the room closes").until(() -> isClosed(ann));
            assertThat(System.currentTimeMillis()).isLessThan(secondMillis);
            waiting("the time of the alarm").until(() -> System.currentTimeMillis() > secondMillis);
            began = FairTime.nanos();
            awaitAlarms(ann, "alarm first", "alarm second");
            assertThat(Duration.ofNanos(FairTime.nanos() - began)).isLessThan(SOON);
            server.kill();
        }
        try (ServerProcess server = start(settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            assertThat(alarms(ann)).containsExactly("alarm first", "alarm second");
        }
    }

    private ServerProcess start(String... settings) throws IOException {
        return ServerProcess.start(folder.resolve("data"), settings);
    }

    private static ConditionFactory waiting(String what) {
        return await(what).pollInterval(Duration.ofMillis(20));
    }

    /** Comes into the room, and returns when the alarm is due at the latest, as a date. */
    private static long setAlarm(RawClient ann, String name) throws IOException {
        GameRoomIT.join(ann, "t1");
        assertThat(ann.answerTo(ann.send(GameRoomIT.saying(0, "alarm " + name + " " + RUNS_OUT_MILLIS)))
                        .hasTurnDone())
                .isTrue();
        return System.currentTimeMillis() + RUNS_OUT_MILLIS;
    }

    /** The server itself opens the room; only then does somebody come in to look. */
    private static void awaitAlarms(RawClient ann, String... expected) {
        waiting("the room is opened for its timer").until(() -> !isClosed(ann));
        waiting("the timer's turn").untilAsserted(() -> assertThat(alarms(ann)).containsExactly(expected));
    }

    private static boolean isClosed(RawClient ann) throws IOException {
        return ann.answerTo(ann.send(Say.list("t", 10))).getRoomList().getRoomsCount() == 0;
    }

    private static List<String> alarms(RawClient ann) throws IOException {
        return GameRoomIT.text(GameRoomIT.join(ann, "t1").getView())
                .lines()
                .filter(line -> line.startsWith("alarm "))
                .toList();
    }
}
