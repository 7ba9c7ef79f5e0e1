package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.ServerMessage;

/** A client sends far too many requests of one kind: it is told to slow down, then closed, and nobody else notices. */
class FloodIT {
    private static final ByteString ID = RawClient.bytes(TestIds.id(9_009));
    private static final int FLOOD = 150;

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.refusals-max=20");

    @Test
    void eachKindOfRequestHasARateOfItsOwn() throws Exception {
        for (Map.Entry<String, ClientMessage.Builder> kind : kinds().entrySet()) {
            RawClient flooder = tavern.client("flooder", Tavern.HALL);
            boolean open = flood(flooder, kind.getValue());
            ServerMessage refused = flooder.expect(message -> message.getError().getCode() == ErrorCode.RATE_LIMITED);
            assertThat(refused.getError().getRetryAfterMs()).as(kind.getKey()).isPositive();
            assertThat(flooder.closedWith()).as("%s, %s", kind.getKey(), open).isEqualTo(ErrorCode.FLOODING);
            tavern.bystander()
                    .sees(message -> message.getPlayerLeft().getPlayer().equals("flooder"));
        }
    }

    private static Map<String, ClientMessage.Builder> kinds() {
        Map<String, ClientMessage.Builder> kinds = new LinkedHashMap<>();
        kinds.put("chat", Say.chat("spam"));
        kinds.put("whisper", Say.whisper("nobody", "spam"));
        kinds.put("join", Say.join("somewhere"));
        kinds.put("leave", Say.leave());
        kinds.put("list", Say.list("", 1));
        kinds.put("offer", Say.offer(ID, "nobody", RawClient.gold(1), Goods.getDefaultInstance()));
        kinds.put("accept", Say.accept(TestIds.id(9_009), "nobody"));
        kinds.put("decline", Say.decline(TestIds.id(9_009), "nobody"));
        kinds.put("cancel", Say.cancel(TestIds.id(9_009)));
        kinds.put("ping", Say.ping());
        kinds.put("custom", Say.custom());
        kinds.put("unknown", ClientMessage.newBuilder());
        return kinds;
    }

    /** Sends the flood in one write. @return whether the server took all of it */
    private static boolean flood(RawClient client, ClientMessage.Builder message) {
        byte[][] frames = new byte[FLOOD][];
        for (int i = 0; i < FLOOD; i++) {
            frames[i] = Say.frame(client.seq() + 1 + i, message);
        }
        client.seq(client.seq() + FLOOD);
        try {
            client.sendBytes(Say.concat(frames));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    @With("limits.refusals-max=1000")
    void whoSlowsDownAgainIsHeardAgain() throws Exception {
        RawClient hasty = tavern.client("hasty", Tavern.HALL);
        flood(hasty, Say.chat("spam"));
        ServerMessage refused = hasty.expect(message -> message.getError().getCode() == ErrorCode.RATE_LIMITED);
        assertThat(refused.getError().getRetryAfterMs()).isBetween(1, 1_000);
        assertThat(hasty.answerTo(hasty.ping(1)).hasPong()).isTrue();
        await("heard again").until(() -> isHeard(hasty, "sorry"));
        tavern.bystander().sees(message -> message.getChat().getText().equals("sorry"));
    }

    private static boolean isHeard(RawClient client, String text) throws IOException {
        int asked = client.chat(text);
        return client.expect(message ->
                        message.getReplyTo() == asked || message.getChat().getClientSeq() == asked)
                .hasChat();
    }

    @Test
    @With({"limits.rates.joins=100", "limits.refusals-max=1000"})
    void joinsOfOnePlayerGoOneAfterTheOther() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        flood(anna, Say.join("cellar"));
        assertThat(anna.expect(message -> message.getError().getCode() == ErrorCode.BUSY)
                        .getError()
                        .getRetryAfterMs())
                .isPositive();
        assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
        RawClient ben = tavern.client("ben", "cellar");
        assertThat(ben.answerTo(ben.ping(1)).hasPong()).isTrue();
    }

    @Test
    @With("limits.sessions-max=2")
    void moreSessionsThanMayBeAreRefused() throws Exception {
        RawClient anna = tavern.client("anna");
        RawClient ben = tavern.stranger();
        ben.send(Say.hello("ben"));
        assertThat(ben.closedWith()).isEqualTo(ErrorCode.SERVER_FULL);
        anna.send(Say.bye());
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.OK);
        assertThat(tavern.client("ben").welcome().getPlayer()).isEqualTo("ben");
    }
}
