package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.NodeInUseException;
import tavern.server.services.RedisProcess;

/** Two servers have the same node.id: the second does not start, and one that has lost its id serves no rooms. */
@Timeout(60)
final class NodeIdIT {
    private static final String KEY = "{main}:node:one";

    @TempDir
    private Path folder;

    private TestServer start(RedisProcess redis, String name) throws Exception {
        return TestServer.start(
                folder.resolve(name),
                "store.kind=redis",
                "store.redis.uri=" + redis.uri(),
                "cluster.enabled=true",
                "cluster.lease-millis=6000",
                // A busy machine may keep an answer waiting.
                "store.redis.command-timeout-millis=5000",
                "node.id=one");
    }

    @Test
    void anIdIsOneServersAtATime() throws Exception {
        try (RedisProcess redis = RedisProcess.start(folder.resolve("redis"))) {
            try (TestServer first = start(redis, "first");
                    RawClient anna = first.client("anna", "hall")) {
                assertThatThrownBy(() -> start(redis, "second").close())
                        .isInstanceOf(NodeInUseException.class)
                        .hasMessageContaining("node.id = one is in use by the server at 127.0.0.1:0, started 2");
                int chat = anna.chat("the first one plays on");
                anna.expect(message -> message.getChat().getClientSeq() == chat);

                String own = redis.ask("GET", KEY);
                redis.ask("SET", KEY, "x 10.0.0.7:7777 1700000000000 - 1 1", "PX", "60000");
                anna.expect(ServerMessage::hasRoomSuspended);
                assertThat(anna.answerTo(anna.chat("anybody?")).getError().getCode())
                        .isEqualTo(ErrorCode.UNAVAILABLE);
                redis.ask("DEL", KEY);
                anna.expect(ServerMessage::hasRoomResumed);
                assertThat(redis.ask("GET", KEY)).isEqualTo(own);
            }
            assertThat(redis.ask("EXISTS", KEY)).as("given up at the stop").isEqualTo("0");
            start(redis, "second").close();
        }
    }
}
