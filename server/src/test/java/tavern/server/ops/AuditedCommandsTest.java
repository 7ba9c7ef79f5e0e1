package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.javalin.http.Context;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.feed.FeedUnavailableException;
import tavern.server.operators.Right;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.SetClocks;

@SuppressWarnings("NullAway.Init") // each test has a store of its own
class AuditedCommandsTest {
    private static final Route ROUTE = Route.post(
            "/order",
            Right.SERVERS,
            "For the test.",
            List.of(Field.text("reason", "Why.")),
            call -> CompletableFuture.completedFuture(""));

    @TempDir
    Path folder;

    private final SetClocks clocks = new SetClocks();
    private EmbeddedStore store;
    private AuditQueue queue;
    private AuditedCommands commands;

    @BeforeEach
    void open() {
        store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000));
        queue = new AuditQueue(new AuditLog(store, () -> {}), clocks.clocks().monotonic());
        commands = new AuditedCommands(queue, clocks.clocks().wall(), "one/1", Runnable::run);
    }

    @AfterEach
    void close() {
        queue.close();
        commands.close();
        store.close();
    }

    private static ApiRequest request() {
        Context context = (Context) Proxy.newProxyInstance(
                Context.class.getClassLoader(),
                new Class<?>[] {Context.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "body" -> "{\"reason\": \"a test\"}";
                    case "contentType" -> "application/json";
                    case "queryParamMap" -> Map.of();
                    case "attribute" -> arguments[0].equals(Gate.ADDRESS) ? InetAddress.getLoopbackAddress() : null;
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        return ApiRequest.read(
                context,
                ROUTE,
                new Operator("eve", List.of("admin"), Set.of(Right.SERVERS), Operator.Kind.TOKEN_FILE, ""));
    }

    /** What the audit log says in the end of a command that failed in this way. */
    private String outcome(RuntimeException failure) throws Exception {
        Route.Answer order = commands.order(
                "republish",
                "",
                call -> CompletableFuture.completedFuture(
                        PreparedCommand.here("", () -> CompletableFuture.failedFuture(failure))));
        assertThat(order.to(request()).toCompletableFuture()).failsWithin(10, TimeUnit.SECONDS);
        await().until(() -> audit().size() == 2);
        return AuditedOrder.words(audit().get(1));
    }

    private List<AuditEntry> audit() throws Exception {
        return store.audit(0, 10).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void whatBrokeOffWhilePublishingMayHaveBeenDone() throws Exception {
        assertThat(outcome(FeedUnavailableException.whilePublishing("RabbitMQ: the connection is lost")))
                .isEqualTo("unknown: RabbitMQ: the connection is lost");
    }

    @Test
    void whatFailedBeforePublishingWasNotDone() throws Exception {
        assertThat(outcome(new FeedUnavailableException("RabbitMQ: Connection refused")))
                .isEqualTo("failed: RabbitMQ: Connection refused");
    }
}
