package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/** P-1 to P-7: bytes that are no frames, and frames that are no messages. */
class FramesIT {
    private static final Logger log = LoggerFactory.getLogger(FramesIT.class);

    @RegisterExtension
    final Tavern tavern = Tavern.with("limits.hello-seconds=1", "limits.frame-seconds=1", "limits.idle-seconds=2");

    private final ScheduledExecutorService drip = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stopDripping() {
        drip.shutdownNow();
    }

    @Test
    void aFrameAboveTheLimitIsRefusedByItsLengthAlone() throws Exception {
        for (long length : new long[] {4_097, 1 << 20, Integer.MAX_VALUE, 0xffff_ffffL, 0x7_ffff_ffffL}) {
            assertThat(refusal(Say.varint(length))).as("%d bytes", length).isEqualTo(ErrorCode.FRAME_TOO_LARGE);
        }
    }

    @Test
    void aKnownClientMaySendMoreAndIsRefusedAboveThat() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        int seq = mallory.send(Say.list("x".repeat(10_000), 0));
        assertThat(mallory.answerTo(seq).hasRoomList()).isTrue();
        mallory.sendBytes(Say.varint(16_385));
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.FRAME_TOO_LARGE);
        tavern.bystander().sees(message -> message.getPlayerLeft().getPlayer().equals("mallory"));
    }

    @Test
    void aLengthOfMoreThanFiveBytesIsRefused() throws Exception {
        assertThat(refusal(Say.repeat(6, (byte) 0xff))).isEqualTo(ErrorCode.BAD_FRAME);
        RawClient mallory = tavern.client("mallory");
        mallory.sendBytes(Say.varint(-1));
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.BAD_FRAME);
    }

    @Test
    void aConnectionThatSaysNothingIsClosed() throws Exception {
        assertThat(tavern.stranger().closedWith()).isEqualTo(ErrorCode.HELLO_TIMEOUT);
    }

    @Test
    @With("limits.resume-seconds=30")
    void halfAFrameAndThenSilenceIsClosedAndTheSessionCanBeResumed() throws Exception {
        RawClient stranger = tavern.stranger();
        stranger.sendBytes(Say.concat(Say.varint(100), new byte[99]));
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.sendBytes(Say.concat(Say.varint(100), new byte[99]));
        assertThat(anna.closedWith()).isEqualTo(ErrorCode.IDLE_TIMEOUT);
        assertThat(tavern.resumed(anna).welcome().getResumed()).isTrue();
        assertThat(stranger.closedWith()).isIn(ErrorCode.HELLO_TIMEOUT, ErrorCode.IDLE_TIMEOUT);
    }

    @Test
    void aByteNowAndThenKeepsNoConnectionOpen() throws Exception {
        RawClient stranger = tavern.stranger();
        ScheduledFuture<?> before = trickle(stranger);
        assertThat(stranger.closedWith()).isIn(ErrorCode.HELLO_TIMEOUT, ErrorCode.IDLE_TIMEOUT);
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        ScheduledFuture<?> after = trickle(mallory);
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.IDLE_TIMEOUT);
        before.cancel(false);
        after.cancel(false);
    }

    /** Sends the length of a long frame, and then its contents slowly. */
    private ScheduledFuture<?> trickle(RawClient client) throws IOException {
        client.sendBytes(Say.varint(1_000));
        return drip.scheduleWithFixedDelay(
                () -> {
                    try {
                        client.sendBytes((byte) 0);
                    } catch (IOException e) {
                        throw new IllegalStateException("closed, as it should be", e);
                    }
                },
                0,
                100,
                TimeUnit.MILLISECONDS);
    }

    @Test
    void otherProtocolsAreSentAway() throws Exception {
        String http = "POST / HTTP/1.1\r\nHost: tavern.example\r\nUser-Agent: " + "x".repeat(100) + "\r\n\r\n";
        assertThat(refusal(http.getBytes(StandardCharsets.US_ASCII))).isEqualTo(ErrorCode.BAD_MESSAGE);
        byte[] clientHello = HexFormat.of().parseHex("16030102000100 01fc0303".replace(" ", "") + "ab".repeat(508));
        assertThat(refusal(clientHello)).isEqualTo(ErrorCode.BAD_MESSAGE);
        byte[] ssh = "SSH-2.0-OpenSSH_9.2\r\n".getBytes(StandardCharsets.US_ASCII);
        assertThat(refusal(ssh)).isIn(ErrorCode.HELLO_TIMEOUT, ErrorCode.IDLE_TIMEOUT);
        byte[] proxy = ("PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + "x".repeat(100)).getBytes(StandardCharsets.US_ASCII);
        assertThat(refusal(proxy)).isEqualTo(ErrorCode.BAD_MESSAGE);
    }

    private ErrorCode refusal(byte[] bytes) throws IOException {
        RawClient stranger = tavern.stranger();
        stranger.sendBytes(bytes);
        return stranger.closedWith();
    }

    @Test
    void garbageIsRefusedWhateverItIs() throws Exception {
        long seed = System.nanoTime();
        log.info("seed {}", seed);
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            byte[] payload = new byte[1 + random.nextInt(200)];
            random.nextBytes(payload);
            RawClient stranger = tavern.stranger();
            stranger.sendBytes(Say.frame(payload));
            assertThat(stranger.closedWith())
                    .as("seed %d, garbage %d", seed, i)
                    .isIn(ErrorCode.BAD_MESSAGE, ErrorCode.HELLO_EXPECTED);
            stranger.close();
        }
    }

    @Test
    void aFrameThatIsNoMessageEndsTheSession() throws Exception {
        byte[] cutShort = HexFormat.of().parseHex("220a41");
        byte[] groupWithoutEnd = HexFormat.of().parseHex("a306");
        byte[] fieldZero = HexFormat.of().parseHex("0000");
        byte[] deep = Say.repeat(200, HexFormat.of().parseHex("a306"));
        byte[] bomb = Say.concat(
                Say.repeat(4_000, HexFormat.of().parseHex("a306")),
                Say.repeat(4_000, HexFormat.of().parseHex("a406")));
        for (byte[] payload : new byte[][] {cutShort, groupWithoutEnd, fieldZero, deep, bomb}) {
            RawClient mallory = tavern.client("mallory", Tavern.HALL);
            mallory.sendBytes(Say.frame(payload));
            assertThat(mallory.closedWith()).isEqualTo(ErrorCode.BAD_MESSAGE);
        }
    }

    @Test
    void unknownFieldsAreIgnoredAndAnUnknownMessageIsUnsupported() throws Exception {
        RawClient newer = tavern.client("newer", Tavern.HALL);
        byte[] future = Say.concat(Say.varint(200 << 3 | 2), Say.varint(15_000), new byte[15_000]);
        byte[] chat = Say.chat("from the future").setSeq(10).build().toByteArray();
        newer.sendBytes(Say.frame(Say.concat(chat, future)));
        assertThat(newer.expect(ServerMessage::hasChat).getChat().getClientSeq())
                .isEqualTo(10);
        byte[] seq = ClientMessage.newBuilder().setSeq(11).build().toByteArray();
        newer.sendBytes(Say.frame(Say.concat(seq, HexFormat.of().parseHex("8a0100"))));
        assertThat(newer.errorTo(11)).isEqualTo(ErrorCode.UNSUPPORTED);
        assertThat(newer.answerTo(pingAfter(newer, 11)).hasPong()).isTrue();
    }

    private static int pingAfter(RawClient client, int seq) throws IOException {
        client.seq(seq);
        return client.ping(1);
    }

    @Test
    void aMessageThatIsMergedThousandsOfTimesCostsNoMore() throws Exception {
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        byte[] seq = ClientMessage.newBuilder().setSeq(5).build().toByteArray();
        mallory.sendBytes(
                Say.frame(Say.concat(seq, Say.repeat(5_000, HexFormat.of().parseHex("2200")))));
        assertThat(mallory.errorTo(5)).isEqualTo(ErrorCode.BAD_TEXT);
        assertThat(mallory.answerTo(pingAfter(mallory, 5)).hasPong()).isTrue();
    }

    @Test
    @With("limits.frames-per-second=20")
    void emptyFramesWithoutEndAreFlooding() throws Exception {
        // P-10: without a number they are no messages at all.
        assertThat(refusal(new byte[100])).isEqualTo(ErrorCode.BAD_MESSAGE);
        byte[] bare = Say.frame(9, ClientMessage.newBuilder());
        assertThat(refusal(bare)).isEqualTo(ErrorCode.HELLO_EXPECTED);
        RawClient mallory = tavern.client("mallory", Tavern.HALL);
        mallory.sendBytes(Say.repeat(1_000, bare));
        assertThat(mallory.closedWith()).isEqualTo(ErrorCode.FLOODING);
    }

    @Test
    @With("limits.resume-seconds=30")
    void aResetInTheMiddleOfAFrameLosesNothing() throws Exception {
        RawClient anna = tavern.client("anna", Tavern.HALL);
        anna.chat("before");
        anna.expect(ServerMessage::hasChat);
        byte[] chat = Say.frame(9, Say.chat("never whole"));
        anna.sendBytes(Arrays.copyOf(chat, chat.length - 1));
        anna.cut();
        RawClient again = tavern.resumed(anna);
        assertThat(again.welcome().getResumed()).isTrue();
        assertThat(again.expect(ServerMessage::hasFullState).getFullState().getEntitiesCount())
                .isEqualTo(2);
        assertThat(tavern.bystander().saw(message -> message.getChat().getText().equals("never whole")))
                .isFalse();
    }
}
