package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.ServerMessage;
import tavern.server.services.FairTime;

/**
 * A well-behaved player in the room where the test misbehaves, who pings all the time and reads everything. It must
 * notice nothing: no error, no gap in the numbers, no late answer.
 */
final class Bystander implements AutoCloseable {
    /** The pause between two pings, which keeps to the default of {@code limits.rates.pings}. */
    private static final long PAUSE_MILLIS = 220;

    /** Far longer than the server takes, and far shorter than a blocked thread would take. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(2);

    private final RawClient client;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final List<ServerMessage> seen = new CopyOnWriteArrayList<>();
    private volatile @Nullable Throwable trouble;

    Bystander(RawClient client) {
        this.client = client;
        thread.scheduleWithFixedDelay(this::round, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            answeredInTime(client.ping(seen.size()));
        } catch (IOException | RuntimeException | AssertionError e) {
            trouble = e;
            throw new IllegalStateException("the bystander noticed something", e);
        }
    }

    private void answeredInTime(int asked) throws IOException {
        long sent = FairTime.nanos();
        client.expect(message -> message.getReplyTo() == asked || isOwnChat(message.getChat(), asked));
        Duration took = Duration.ofNanos(FairTime.nanos() - sent);
        assertThat(took).as("the bystander's answer").isLessThan(ANSWER_MAX);
        for (ServerMessage message : client.skipped()) {
            assertThat(message.hasError())
                    .as("the bystander was told %s", message)
                    .isFalse();
            if (!message.hasSnapshot()) {
                seen.add(message);
            }
        }
    }

    private boolean isOwnChat(ChatMessage chat, int asked) {
        return chat.getClientSeq() == asked && chat.getPlayer().equals(name());
    }

    String name() {
        return client.welcome().getPlayer();
    }

    boolean saw(Predicate<ServerMessage> wanted) {
        return seen.stream().anyMatch(wanted);
    }

    /** Waits until such a message has come. */
    ServerMessage sees(Predicate<ServerMessage> wanted) {
        await("the bystander sees it").until(() -> saw(wanted));
        return seen.stream().filter(wanted).findFirst().orElseThrow();
    }

    /** Whether the watch has ended before its time. */
    boolean hasNoticedSomething() {
        return trouble != null;
    }

    /** Ends the watch, and fails if the bystander noticed anything. */
    void noticedNothing() throws IOException, InterruptedException {
        thread.shutdown();
        assertThat(thread.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        if (trouble != null) {
            throw new AssertionError("the bystander noticed something", trouble);
        }
        answeredInTime(client.chat("all is well"));
    }

    /** The names in the room, as a new Joined tells them. */
    List<String> lookAround(String room) throws IOException {
        return client.join(room).getState().getEntitiesList().stream()
                .map(entity -> entity.getPlayer())
                .toList();
    }

    @Override
    public void close() throws IOException {
        thread.shutdownNow();
        client.close();
    }

    RawClient client() {
        return client;
    }
}
