package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.WhisperReceived;

final class PersonalLogTest {
    private static ServerMessage.Builder whisper(int characters) {
        return ServerMessage.newBuilder()
                .setWhisper(WhisperReceived.newBuilder().setText("x".repeat(characters)));
    }

    @Test
    void keepsTheNewestBoundedInNumber() {
        PersonalLog log = new PersonalLog(3, 1_000_000);
        for (int i = 0; i < 5; i++) {
            log.append(whisper(10));
        }
        assertThat(log.covers(1)).isFalse();
        assertThat(log.covers(2)).isTrue();
        assertThat(log.after(2)).extracting(ServerMessage::getSessionSeq).containsExactly(3L, 4L, 5L);
    }

    @Test
    void keepsTheNewestBoundedInBytes() {
        PersonalLog log = new PersonalLog(1_000, 2_500);
        for (int i = 0; i < 5; i++) {
            log.append(whisper(1_000));
        }
        assertThat(log.covers(2)).isFalse();
        assertThat(log.after(3)).hasSize(2);
        log.append(whisper(3_000));
        assertThat(log.covers(5)).as("one that is too large alone is not kept").isFalse();
        assertThat(log.covers(6)).isTrue();
    }
}
