package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.services.RedisProcess;
import tavern.server.services.TcpProxy;

/** Redis fails over while the connection to the old master stays up: play goes on, and trades once a master is found. */
@Timeout(180)
final class DemotedRedisIT {
    @TempDir
    private Path folder;

    @Test
    void playersStayInTheirRoomsAndTradeAgainWithTheNewMaster() throws Exception {
        try (RedisProcess old = RedisProcess.start(folder.resolve("old"), "--repl-diskless-sync-delay", "0");
                RedisProcess next = RedisProcess.start(
                        folder.resolve("next"), "--replicaof", "127.0.0.1", Integer.toString(old.port()));
                TcpProxy address = TcpProxy.to(old.port());
                TestServer server = TestServer.start(
                        folder.resolve("server"),
                        "ops.enabled=true",
                        "limits.idle-seconds=120",
                        "store.kind=redis",
                        "store.redis.uri=redis://127.0.0.1:" + address.port(),
                        "store.redis.command-timeout-millis=5000");
                RawClient anna = server.client("anna", "hall");
                RawClient ben = server.client("ben", "hall")) {
            OpsClient ops = OpsClient.of(server.opsAddress());
            assertThat(ops.get("/readyz").status()).isEqualTo(200);
            await("the replica to have both players")
                    .until(() -> next.ask("HLEN", "{main}:names").equals("2"));
            next.ask("REPLICAOF", "NO", "ONE");
            old.ask("REPLICAOF", "127.0.0.1", Integer.toString(next.port()));

            UUID refused = TestIds.fresh();
            assertThat(anna.offered(refused, "ben", RawClient.gold(1), RawClient.gold(2))
                            .hasTradeOpened())
                    .isTrue();
            ben.expect(ServerMessage::hasTradeOffered);
            assertThat(ben.answerTo(ben.accept(refused, "anna")).getError().getCode())
                    .isEqualTo(ErrorCode.UNAVAILABLE);
            await("it is noticed").until(() -> ops.get("/readyz").status() == 503);
            int chat = anna.chat("still here");
            ben.expect(message -> message.getChat().getClientSeq() == chat);
            assertThat(ops.get("/readyz").status()).as("it does not pass").isEqualTo(503);

            address.leadTo(next.port());
            assertThat(anna.tradeResult(refused).getOutcome())
                    .as("asked for until it is known")
                    .isEqualTo(TradeOutcome.COMMITTED);
            await().until(() -> ops.get("/readyz").status() == 200);
            assertThat(next.ask("XLEN", "{main}:entries")).isEqualTo("3");
        }
    }
}
