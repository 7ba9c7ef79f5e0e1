package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.RoomOptions;
import tavern.protocol.v1.ServerMessage;

/** Clients that do not read what they are sent: they are closed, and cost nobody else anything. */
class SlowReaderIT {
    private static final int KEPT_BACK_MAX = 16 << 20;

    @RegisterExtension
    final Tavern tavern = Tavern.with(
            "limits.frames-per-second=100000",
            "limits.rates.lists=10000",
            "limits.rates.chats=10000",
            "limits.rates.joins=100",
            "limits.resume-seconds=20",
            "room.replay-events-max=100000");

    @Test
    @With("limits.outbound-bytes-max=65536")
    void moreThanMayWaitForOneClientClosesIt() throws Exception {
        RawClient slow = slowReader();
        wordyRooms();
        await("closed").until(() -> isCutOff(slow));
        awaitLogged("SLOW_CONSUMER: more than 65536 bytes wait for the client");
        assertThat(tavern.resumed(slow).welcome().getResumed()).isTrue();
    }

    @Test
    @With({"limits.outbound-stalled-seconds=1", "limits.outbound-bytes-max=1073741824"})
    void takingNothingForTooLongClosesIt() throws Exception {
        RawClient slow = slowReader();
        wordyRooms();
        String reason = "SLOW_CONSUMER: the client took nothing for 1 s";
        // What comes in one burst is BUSY for the most part, so it is asked for until the system takes no more.
        await(reason).pollInterval(Duration.ofMillis(2)).until(() -> {
            asksOnceMore(slow);
            return tavern.logs().contain(reason);
        });
        assertThat(tavern.resumed(slow).welcome().getResumed()).isTrue();
    }

    @Test
    @With({"limits.outbound-bytes-max=262144", "limits.chat-characters-max=4000", "room.chat-history=5"})
    void manyWhoReadNothingOfAChatHoldLittleAndTheRoomGoesOn() throws Exception {
        long before = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
        List<RawClient> slow = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            RawClient reader = tavern.stranger(1_024);
            reader.login("slow" + i);
            reader.join(Tavern.HALL);
            slow.add(reader);
        }
        RawClient chatter = tavern.client("chatter", Tavern.HALL);
        String line = "x".repeat(4_000);
        for (int i = 0; i < 1_000; i++) {
            int said = chatter.chat(line);
            chatter.expect(message -> message.getChat().getClientSeq() == said);
            if (i % 50 == 0) {
                // A client that reads is never far behind.
                tavern.bystander().sees(message -> message.getChat().getClientSeq() == said);
            }
        }
        long held = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before;
        assertThat(held).isLessThan(KEPT_BACK_MAX);
        awaitLogged("SLOW_CONSUMER");
        for (RawClient reader : slow) {
            reader.cut();
            // More was missed than one replay can hold.
            assertThat(tavern.resumed(reader).welcome().getResumed()).isFalse();
        }
    }

    @Test
    @With("limits.outbound-bytes-max=65536")
    void whatIsReplayedNeverMakesASlowReader() throws Exception {
        RawClient chatter = tavern.client("chatter", Tavern.HALL);
        RawClient anna = tavern.client("anna", Tavern.HALL);
        boolean resumed = true;
        for (int lines = 50; resumed; lines *= 2) {
            anna.cut();
            for (int i = 0; i < lines; i++) {
                int said = chatter.chat("x".repeat(200));
                chatter.expect(message -> message.getChat().getClientSeq() == said);
            }
            anna = tavern.resumed(anna);
            resumed = anna.welcome().getResumed();
            if (resumed) {
                anna.expect(ServerMessage::hasFullState);
                assertThat(anna.skipped().stream().filter(ServerMessage::hasChat))
                        .hasSize(lines);
            }
            assertThat(anna.answerTo(anna.ping(1)).hasPong()).isTrue();
        }
    }

    private void awaitLogged(String reason) {
        await(reason).until(() -> tavern.logs().contain(reason));
    }

    private RawClient slowReader() throws IOException {
        RawClient slow = tavern.stranger(1_024);
        slow.login("slow");
        slow.join(Tavern.HALL);
        return slow;
    }

    /** Opens rooms with much metadata, so that the list of them is long. */
    private void wordyRooms() throws IOException {
        RoomOptions.Builder wordy = RoomOptions.newBuilder();
        for (int i = 0; i < 8; i++) {
            wordy.putMetadata("key" + i, "x".repeat(128));
        }
        for (int i = 0; i < 10; i++) {
            RawClient host = tavern.client("host" + i);
            int asked = host.send(Say.join("wordy" + i, wordy.build()));
            assertThat(host.answerTo(asked).hasJoined()).isTrue();
        }
    }

    private static boolean isCutOff(RawClient slow) {
        for (int i = 0; i < 1_000; i++) {
            if (!asksOnceMore(slow)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether the connection still was open. */
    private static boolean asksOnceMore(RawClient slow) {
        try {
            slow.send(Say.list("", 50));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
