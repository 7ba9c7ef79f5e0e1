package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.protocol.v1.RoomOptions;

/**
 * Many who read slowly, each within every limit of its own: together they get no more than the budget, the slowest are closed
 * first, and whoever reads is served all the time.
 */
class MemoryBudgetIT {
    private static final int SLOW = 12;
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final List<RawClient> slow = new ArrayList<>();

    /** More waits than the budget allows, though no client has more than it may. */
    @ParameterizedTest
    @ValueSource(strings = {"epoll", "io_uring"})
    void theSlowestAreClosedAndTheOthersServed(String transport) throws Exception {
        String[] settings = settings(transport, "limits.outbound-total-bytes=524288");
        try (ServerProcess server = ServerProcess.start(folder, settings)) {
            crowd(server, "too much waits for all clients together");
            assertServed(server.address());
        }
        closeSlow();
    }

    /** There is less direct memory than the budget says, so allocations fail: each costs its own connection and no time. */
    @ParameterizedTest
    @ValueSource(strings = {"epoll", "io_uring"})
    void withoutDirectMemoryNobodyWaits(String transport) throws Exception {
        String[] settings = settings(
                transport,
                "limits.outbound-total-bytes=1073741824",
                "limits.frame-seconds=60",
                "-XX:MaxDirectMemorySize=9m");
        try (ServerProcess server = ServerProcess.start(folder, settings)) {
            await("memory is used up").until(() -> {
                for (int i = 0; i < 20; i++) {
                    RawClient unfinished = new RawClient(server.address());
                    slow.add(unfinished);
                    beginAFrame(unfinished);
                }
                return server.complaints().contains("direct memory is used up");
            });
            closeSlow();
            assertServed(server.address());
        }
    }

    /** All of a large frame except its end, which the server keeps. */
    private static void beginAFrame(RawClient client) {
        try {
            client.login("unfinished" + client.hashCode());
            byte[] frame = new byte[16_000];
            // A length of 16,383 bytes.
            frame[0] = (byte) 0xff;
            frame[1] = 0x7f;
            client.sendBytes(frame);
        } catch (IOException e) {
            assertThat(e).as("it was closed").isNotNull();
        }
    }

    private static String[] settings(String transport, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "net.transport=" + transport,
                "limits.frames-per-second=100000",
                "limits.rates.lists=10000",
                "limits.rates.joins=100",
                "limits.outbound-bytes-max=131072",
                "limits.outbound-stalled-seconds=60",
                "TAVERN_LOG_LEVEL=info"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** They ask for more and more, and take none of it, until the server says so. */
    private void crowd(ServerProcess server, String reason) throws IOException {
        wordyRooms(server.address());
        for (int i = 0; i < SLOW; i++) {
            RawClient reader = new RawClient(server.address(), 1_024);
            slow.add(reader);
            reader.login("slow" + i);
        }
        await(reason).until(() -> {
            slow.forEach(MemoryBudgetIT::askForMuch);
            return server.complaints().contains(reason);
        });
    }

    private static void askForMuch(RawClient reader) {
        try {
            for (int i = 0; i < 10; i++) {
                reader.send(Say.list("", 50));
            }
        } catch (IOException e) {
            assertThat(e).as("it was closed").isNotNull();
        }
    }

    /** So that the list of them is long. */
    private void wordyRooms(InetSocketAddress address) throws IOException {
        RoomOptions.Builder wordy = RoomOptions.newBuilder();
        for (int i = 0; i < 8; i++) {
            wordy.putMetadata("key" + i, "x".repeat(128));
        }
        for (int i = 0; i < 10; i++) {
            RawClient host = new RawClient(address);
            slow.add(host);
            host.login("host" + i);
            int asked = host.send(Say.join("wordy" + i, wordy.build()));
            assertThat(host.answerTo(asked).hasJoined()).isTrue();
        }
    }

    /** A newcomer gets in, and an answer, long before any time-out of the server's ends the slow ones. */
    private static void assertServed(InetSocketAddress address) {
        await("served")
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    try (RawClient honest = new RawClient(address)) {
                        honest.patience(SOON);
                        honest.login("honest");
                        honest.join("calm");
                        return honest.answerTo(honest.ping(1)).hasPong();
                    }
                });
    }

    private void closeSlow() throws IOException {
        for (RawClient reader : slow) {
            reader.close();
        }
    }
}
