package tavern.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.Welcome;

/** The dumps in docs/PROTOCOL.md are the actual encodings of the messages next to them. */
final class DocumentedBytesTest {
    private static final Path DOCUMENT = Path.of("../docs/PROTOCOL.md");

    @Test
    void theHelloIsAsDocumented() throws IOException {
        documents(ClientMessage.newBuilder()
                .setSeq(1)
                .setHello(Hello.newBuilder().setProtocolVersion(2).setToken("ann"))
                .build());
    }

    @Test
    void theWelcomeIsAsDocumented() throws IOException {
        documents(ServerMessage.newBuilder()
                .setReplyTo(1)
                .setWelcome(Welcome.newBuilder()
                        .setPlayer("ann")
                        .setPlayerId(7)
                        .setSession("k3v9")
                        .setResumeToken(ByteString.fromHex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"))
                        .setTickHz(20)
                        .setResumeMs(30_000)
                        .setLimits(Limits.newBuilder()
                                .setFrameBytesMax(16_384)
                                .setIdleMs(15_000)
                                .setMovesPerSecond(30))
                        .setProtocolVersion(2))
                .build());
    }

    @Test
    void theInventoryPageIsAsDocumented() throws IOException {
        documents(ServerMessage.newBuilder()
                .setInventoryPage(InventoryPage.newBuilder()
                        .setPart(Inventory.newBuilder()
                                .addStacks(Stack.newBuilder().setKind("gold").setCount(1_000))
                                .addItems(Item.newBuilder().setId(7).setKind("sword"))
                                .setVersion(1))
                        .setLast(true))
                .build());
    }

    @Test
    void theSnapshotIsAsDocumented() throws IOException {
        documents(ServerMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .setTick(500)
                        .addIds(3)
                        .addIds(4)
                        .addXs(-8)
                        .addXs(160)
                        .addYs(0)
                        .addYs(-1)
                        .addSeqs(2)
                        .addSeqs(1))
                .build());
    }

    @Test
    void theSnapshotOfARoomOfCellsIsAsDocumented() throws IOException {
        documents(ServerMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .setTick(501)
                        .addIds(3)
                        .addXs(4)
                        .addYs(0)
                        .addSeqs(1)
                        .addEnteredIds(9)
                        .addEnteredXs(300)
                        .addEnteredYs(20)
                        .addEnteredSeqs(5)
                        .addLeftIds(7))
                .build());
    }

    @Test
    void theSnapshotOfASceneIsAsDocumented() throws IOException {
        documents(ServerMessage.newBuilder()
                .setSnapshot(Snapshot.newBuilder()
                        .setTick(502)
                        .addAppearedIds(65)
                        .addAppearedKinds(2)
                        .addAppearedXs(300)
                        .addAppearedYs(20)
                        .addAllChangedIds(List.of(3, 62, 0))
                        .addAllChangedAttributes(List.of(0, 0, 3))
                        .addAllChangedValues(List.of(-2L, 100L, 1L)))
                .build());
    }

    private static void documents(MessageLite message) throws IOException {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        message.writeDelimitedTo(frame);
        String hex = HexFormat.ofDelimiter(" ").formatHex(frame.toByteArray());

        assertThat(dumps()).contains(hex);
    }

    /** Every pair of hex digits in the document's dumps, without the text that follows them in each line. */
    private static String dumps() throws IOException {
        StringBuilder bytes = new StringBuilder();
        for (String line : Files.readAllLines(DOCUMENT)) {
            if (line.matches("[0-9a-f]{2}( [0-9a-f]{2})*(  .*)?")) {
                bytes.append(line.split("  ")[0]).append(' ');
            }
        }
        return bytes.toString();
    }
}
