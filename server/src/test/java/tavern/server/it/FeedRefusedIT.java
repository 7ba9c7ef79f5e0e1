package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.services.FreePort;
import tavern.server.services.RabbitProcess;

/** A broker that refuses what is configured is one line with the cure; one that is not there is none of the start's business. */
final class FeedRefusedIT {
    private static final int FAILED = 1;
    private static final String SECRET = "pw-nobody-may-see";

    @TempDir
    static Path brokerFolder;

    private static RabbitProcess rabbit;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() throws Exception {
        rabbit = RabbitProcess.start(brokerFolder);
        rabbit.rabbitmqctl("add_user", "guest2", SECRET);
        rabbit.rabbitmqctl("set_permissions", "-p", "/", "guest2", "^$", "^$", "^$");
    }

    @AfterAll
    static void endBroker() {
        rabbit.close();
    }

    @Test
    void aWrongPassword() throws Exception {
        assertThat(refusal(uri("guest:" + SECRET, "%2f")))
                .contains("guest:***@")
                .contains("rabbitmqctl add_user");
    }

    @Test
    void aVhostThatIsNotThere() throws Exception {
        assertThat(refusal(uri("guest:guest", "nowhere"))).contains("vhost").contains("rabbitmqctl add_vhost");
    }

    @Test
    void aUserWithoutPermissions() throws Exception {
        assertThat(refusal(uri("guest2:" + SECRET, "%2f"))).contains("set_permissions");
    }

    @Test
    void tlsWhereThereIsNone() throws Exception {
        assertThat(refusal(uri("guest:guest", "%2f").replace("amqp:", "amqps:")))
                .contains("TLS");
    }

    @Test
    void aQueueOfAnotherKind() throws Exception {
        String vhost = rabbit.newVhost();
        rabbit.declareClassicQueue(vhost, "tavern.trades.ledger");
        assertThat(refusal(uri("guest:guest", vhost)))
                .contains("tavern.trades.ledger")
                .contains("x-queue-type")
                .contains("delete or rename");
    }

    @Test
    void aBrokerThatIsNotThereIsWaitedForWhilePlayersPlay() throws Exception {
        String nobody = "amqp://guest:guest@127.0.0.1:" + FreePort.find() + "/%2f";
        try (ServerProcess server = ServerProcess.start(folder, "feed.kind=rabbitmq", "feed.rabbitmq.uri=" + nobody)) {
            assertThat(server.isAlive()).isTrue();
            assertThat(server.complaints().lines().filter(line -> line.contains("trades go on")))
                    .isNotEmpty();
        }
    }

    private static String uri(String user, String vhost) {
        return "amqp://" + user + "@127.0.0.1:" + rabbit.port() + "/" + vhost;
    }

    private String refusal(String uri) throws IOException, InterruptedException {
        try (ServerProcess server = ServerProcess.launch(
                folder, "feed.kind=rabbitmq", "feed.rabbitmq.ledger-queue=true", "feed.rabbitmq.uri=" + uri)) {
            assertThat(server.exitCode(60)).as(server.complaints()).isEqualTo(FAILED);
            assertThat(server.complaints())
                    .startsWith("cannot start: feed.rabbitmq.uri = amqp")
                    .doesNotContain(SECRET);
            assertThat(server.complaints().lines()).as(server.complaints()).hasSize(1);
            return server.complaints();
        }
    }
}
