package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.guard.ReplayBudget;
import tavern.server.guard.ReplayLog;
import tavern.server.time.SetClocks;

final class PersonalLogTest {
    private static ServerMessage.Builder whisper(int characters) {
        return ServerMessage.newBuilder()
                .setWhisper(WhisperReceived.newBuilder().setText("x".repeat(characters)));
    }

    private final SetClocks clock = new SetClocks();
    private final ReplayBudget budget = new ReplayBudget(100_000, 10);

    private PersonalLog log(int eventsMax, long bytesMax) {
        return new PersonalLog(new ReplayLog(eventsMax, 45_000, bytesMax, budget.share()), clock.monotonic());
    }

    @Test
    void keepsTheNewestBoundedInNumber() {
        PersonalLog log = log(3, 1_000_000);
        for (int i = 0; i < 5; i++) {
            log.append(whisper(10));
        }
        assertThat(log.covers(1)).isFalse();
        assertThat(log.covers(2)).isTrue();
        assertThat(log.after(2)).extracting(ServerMessage::getSessionSeq).containsExactly(3L, 4L, 5L);
    }

    @Test
    void keepsTheNewestBoundedInBytes() {
        PersonalLog log = log(1_000, 2_500);
        for (int i = 0; i < 5; i++) {
            log.append(whisper(1_000));
        }
        assertThat(log.covers(2)).isFalse();
        assertThat(log.after(3)).hasSize(2);
        log.append(whisper(3_000));
        assertThat(log.covers(5)).as("one that is too large alone is not kept").isFalse();
        assertThat(log.covers(6)).isTrue();
    }

    @Test
    void whatIsTooOldForAnyResumeIsForgotten() {
        PersonalLog log = log(100, 1_000_000);
        log.append(whisper(10));
        clock.turn(30_000);
        log.append(whisper(10));
        clock.turn(20_000);
        log.forgetOld();
        assertThat(log.covers(0)).isFalse();
        assertThat(log.covers(1)).isTrue();
    }

    @Test
    void whatAllLogsMayHoldTogetherBoundsEachOfThem() {
        PersonalLog greedy = log(10_000, 1_000_000);
        for (int i = 0; i < 1_000; i++) {
            greedy.append(whisper(1_000));
        }
        assertThat(budget.borrowedBytes()).isLessThanOrEqualTo(budget.potBytes());
        PersonalLog modest = log(100, 1_000_000);
        modest.append(whisper(1_000));
        assertThat(modest.covers(0)).as("its floor is its own").isTrue();

        greedy.close();
        assertThat(budget.borrowedBytes()).isZero();
        assertThat(greedy.append(whisper(10)).getSessionSeq()).isEqualTo(1_001);
        assertThat(budget.borrowedBytes()).isZero();
    }
}
