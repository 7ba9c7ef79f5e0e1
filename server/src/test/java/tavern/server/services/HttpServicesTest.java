package tavern.server.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tavern.engine.EngineLimits;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.server.room.ServiceCall;

@Timeout(30)
final class HttpServicesTest {
    private final TestService service;
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private HttpServices services;

    HttpServicesTest() throws IOException {
        service = new TestService();
        services = services(service.url(), 3, 2, 3, 10_000);
    }

    @AfterEach
    void close() {
        services.close();
        service.close();
    }

    private HttpServices services(String url, int tries, int atOnce, int waiting, int timeoutMillis) {
        TreeMap<String, String> headers = new TreeMap<>();
        headers.put("Authorization", "Bearer x");
        return HttpServices.start(
                List.of(new ServiceSettings(
                        "bank",
                        URI.create(url),
                        Duration.ofMillis(timeoutMillis),
                        tries,
                        Duration.ofMillis(10),
                        atOnce,
                        waiting,
                        headers)),
                new SplittableRandom(1),
                metrics);
    }

    private CompletableFuture<Reply> call(String name, long number) {
        return services.call(new ServiceCall(
                new RoomId("table"), number, name, "pay", StringValue.of("5").toByteString()));
    }

    private Reply reply() throws InterruptedException, ExecutionException {
        return call("bank", 7).get();
    }

    private static Reply.Cause cause(Reply reply) {
        assertThat(reply).isInstanceOf(Reply.Failed.class);
        return ((Reply.Failed) reply).cause();
    }

    @Test
    void aServiceIsAskedAndItsAnswerComesBack() throws Exception {
        service.thenSays(StringValue.of("paid"));
        assertThat(reply()).isEqualTo(new Reply.Ok(StringValue.of("paid").toByteString()));
        assertThat(reply()).isEqualTo(new Reply.Ok(ByteString.EMPTY));
        assertThat(service.requests().get(0))
                .isEqualTo(new TestService.Request(
                        "table:7",
                        "table",
                        "pay",
                        "Bearer x",
                        StringValue.of("5").toByteString()));
        assertThat(metrics.counter("tavern.service.calls", "service", "bank", "outcome", "done")
                        .count())
                .isEqualTo(2);
    }

    @Test
    void aServiceThatIsNotConfiguredIsAFailure() throws Exception {
        Reply reply = call("shop", 1).get();
        assertThat(cause(reply)).isEqualTo(Reply.Cause.NOT_CONFIGURED);
        assertThat(((Reply.Failed) reply).text()).contains("shop").contains("games.services");
    }

    @Test
    void aRefusalIsFinalAndTroublesAreTriedAgainUnderTheSameKey() throws Exception {
        service.thenStatus(402);
        assertThat(cause(reply())).isEqualTo(Reply.Cause.REFUSED);
        service.thenStatus(302);
        assertThat(cause(reply())).isEqualTo(Reply.Cause.REFUSED);
        assertThat(service.requests()).hasSize(2);

        service.thenStatus(503).thenStatus(409).thenSays(StringValue.of("paid"));
        assertThat(reply()).isInstanceOf(Reply.Ok.class);
        service.thenStatus(500).thenStatus(429).thenStatus(502).thenSays(StringValue.of("too late"));
        assertThat(cause(reply())).isEqualTo(Reply.Cause.UNAVAILABLE);
        assertThat(service.requests())
                .hasSize(8)
                .extracting(TestService.Request::key)
                .containsOnly("table:7");
    }

    @Test
    void silenceIsATimeOut() throws Exception {
        services.close();
        services = services(service.url(), 2, 2, 3, 2_000);
        service.thenIsSilent().thenIsSilent();
        assertThat(cause(reply())).isEqualTo(Reply.Cause.TIMED_OUT);
        assertThat(service.requests()).hasSize(2);

        // Also in the middle of an answer.
        service.thenStopsHalfway().thenStopsHalfway();
        assertThat(cause(reply())).isEqualTo(Reply.Cause.TIMED_OUT);
        assertThat(service.requests()).hasSize(4);
    }

    @Test
    void aServiceThatIsNotThereIsUnavailable() throws Exception {
        service.close();
        assertThat(cause(reply())).isEqualTo(Reply.Cause.UNAVAILABLE);
        assertThat(metrics.counter("tavern.service.tries", "service", "bank").count())
                .isEqualTo(3);
    }

    @Test
    void answersAreBounded() throws Exception {
        service.then(exchange -> TestService.send(exchange, new byte[EngineLimits.REPLY_BYTES_MAX]));
        assertThat(((Reply.Ok) reply()).body().size()).isEqualTo(EngineLimits.REPLY_BYTES_MAX);
        service.then(exchange -> TestService.send(exchange, new byte[EngineLimits.REPLY_BYTES_MAX + 1]));
        assertThat(cause(reply())).isEqualTo(Reply.Cause.TOO_LARGE);
    }

    @Test
    void onlySoManyAreUnderWayAndWait() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            service.then(exchange -> {
                try {
                    open.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                exchange.sendResponseHeaders(200, -1);
            });
        }
        List<CompletableFuture<Reply>> taken =
                List.of(call("bank", 1), call("bank", 2), call("bank", 3), call("bank", 4), call("bank", 5));
        assertThat(cause(call("bank", 6).get())).isEqualTo(Reply.Cause.UNAVAILABLE);
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> service.requests().size() == 2);
        taken.get(3).cancel(false);
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> metrics.get("tavern.service.calls.held").gauge().value() == 4);
        CompletableFuture<Reply> instead = call("bank", 7);
        open.countDown();
        assertThat(instead.get()).isInstanceOf(Reply.Ok.class);
        for (int i : new int[] {0, 1, 2, 4}) {
            assertThat(taken.get(i).get()).isInstanceOf(Reply.Ok.class);
        }
        assertThat(service.requests())
                .extracting(TestService.Request::key)
                .containsExactlyInAnyOrder("table:1", "table:2", "table:3", "table:5", "table:7");
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> metrics.get("tavern.service.calls.held").gauge().value() == 0);
        assertThat(reply()).isInstanceOf(Reply.Ok.class);
    }
}
