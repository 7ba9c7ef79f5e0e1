package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tavern.protocol.v1.RoomOptions;

/** Clients that do not read what they are sent: they are closed, and cost nobody else anything. */
class SlowReaderIT {
    private static final int KEPT_BACK_MAX = 32 << 20;

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
        assertThat(tavern.logs().contain("SLOW_CONSUMER: more than 65536 bytes wait for the client"))
                .isTrue();
        assertThat(tavern.resumed(slow).welcome().getResumed()).isTrue();
    }

    @Test
    @With({"limits.outbound-stalled-seconds=1", "limits.outbound-bytes-max=1073741824"})
    void takingNothingForTooLongClosesIt() throws Exception {
        RawClient slow = slowReader();
        wordyRooms();
        for (int i = 0; i < 200; i++) {
            slow.send(Say.list("", 50));
        }
        await("closed").until(() -> tavern.logs().contain("SLOW_CONSUMER: the client took nothing for 1 s"));
        assertThat(tavern.resumed(slow).welcome().getResumed()).isTrue();
    }

    @Test
    @With("limits.outbound-bytes-max=262144")
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
        String line = "x".repeat(200);
        int last = 0;
        for (int i = 0; i < 5_000; i++) {
            last = chatter.chat(line);
            if (i % 50 == 49) {
                // Reads its own lines: only the others are slow.
                int seen = last;
                chatter.expect(message -> message.getChat().getClientSeq() == seen);
                chatter.skipped();
            }
        }
        long held = PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() - before;
        assertThat(held).isLessThan(KEPT_BACK_MAX);
        int said = last;
        for (RawClient reader : slow) {
            reader.cut();
            RawClient again = tavern.resumed(reader);
            assertThat(again.welcome().getResumed()).isTrue();
            // RawClient checks that the numbers have no gap: all lines are there, in order.
            again.expect(message -> message.getChat().getClientSeq() == said);
        }
        assertThat(tavern.logs().contain("SLOW_CONSUMER")).isTrue();
    }

    private RawClient slowReader() throws IOException {
        RawClient slow = tavern.stranger(1_024);
        slow.login("slow");
        slow.join(Tavern.HALL);
        return slow;
    }

    /** So that the list of them is long. */
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
        try {
            for (int i = 0; i < 1_000; i++) {
                slow.send(Say.list("", 50));
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
