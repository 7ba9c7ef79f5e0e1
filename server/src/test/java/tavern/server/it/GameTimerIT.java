package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ServerMessage;
import tavern.server.games.TestJar;
import tavern.server.games.sample.FaultyGame;
import tavern.server.games.sample.FaultyModule;
import tavern.server.services.FairTime;
import tavern.server.services.RedisProcess;

/**
 * A timer runs out once, and soon, also if nobody is there: the server is down then, or the room is empty and closed. Whoever
 * came in to look would open the room, so it tells another room.
 */
@Timeout(180)
class GameTimerIT {
    /** It takes two seconds at the most, unless the machine has too much to do. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    Path folder;

    @Test
    void onTheEmbeddedStore() throws Exception {
        timersRunOut();
    }

    @Test
    void onRedis() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
            timersRunOut(
                    "store.kind=redis",
                    "store.redis.uri=" + redis.uri(),
                    "store.redis.command-timeout-millis=5000",
                    "cluster.lease-millis=2000");
        }
    }

    private void timersRunOut(String... store) throws Exception {
        TestJar.of(FaultyModule.class, FaultyGame.class, FaultyGame.MuteException.class)
                .write(folder.resolve("games/faulty.jar"));
        String[] settings = Stream.concat(
                        Stream.of(
                                "games.path=" + folder.resolve("games"),
                                "games.types.faulty.game=faulty",
                                "games.types.faulty.idle-close-seconds=1",
                                "limits.rates.joins=1000",
                                "limits.rates.lists=1000"),
                        Stream.of(store))
                .toArray(String[]::new);
        long firstMillis;
        try (ServerProcess server = start(settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            join(ann, "next-door");
            firstMillis = setAlarm(ann);
            server.kill();
        }
        awaitDate(firstMillis);
        try (ServerProcess server = start(settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            awaitHeardNextDoor(ann, 1);

            long secondMillis = setAlarm(ann);
            join(ann, "next-door");
            waiting("the room closes")
                    .until(() -> ann.answerTo(ann.send(Say.list("table", 10)))
                                    .getRoomList()
                                    .getRoomsCount()
                            == 0);
            awaitDate(secondMillis);
            awaitHeardNextDoor(ann, 2);
            server.kill();
        }
        try (ServerProcess server = start(settings);
                RawClient ann = new RawClient(server.address())) {
            ann.login("ann");
            assertThat(join(ann, "table")).isEqualTo("\nring\nrang\nring\nrang\n");
            assertThat(join(ann, "next-door")).isEqualTo("\nheard\nheard\n");
        }
    }

    private ServerProcess start(String... settings) throws IOException {
        return ServerProcess.start(folder.resolve("data"), settings);
    }

    private static ConditionFactory waiting(String what) {
        return await(what).atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(20));
    }

    private static void awaitDate(long millis) {
        waiting("the time of the alarm").until(() -> System.currentTimeMillis() > millis);
    }

    /** Comes into the room, and returns when the alarm is due at the latest, as a date. */
    private static long setAlarm(RawClient ann) throws IOException {
        join(ann, "table");
        ServerMessage answer = ann.answerTo(ann.send(GameRoomIT.saying(0, "ring next-door")));
        assertThat(answer.hasTurnDone()).as("%s", answer).isTrue();
        return System.currentTimeMillis() + FaultyGame.RINGS_AFTER_MILLIS;
    }

    /** What is to be seen in the room. */
    private static String join(RawClient ann, String room) throws IOException {
        ServerMessage answer = ann.answerAtLast(() -> ann.send(GameRoomIT.joining(room, "faulty", "")));
        assertThat(answer.hasJoined()).as("%s", answer).isTrue();
        return GameRoomIT.text(answer.getJoined().getView());
    }

    /** The room itself, in which nobody is, tells its neighbour. */
    private static void awaitHeardNextDoor(RawClient ann, int times) {
        long began = FairTime.nanos();
        waiting("the alarm").until(() -> join(ann, "next-door").equals("\n" + "heard\n".repeat(times)));
        assertThat(Duration.ofNanos(FairTime.nanos() - began)).isLessThan(SOON);
    }
}
