package tavern.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ErrorCode;

final class ProtocolTest {
    /** P-40: the hundreds of an error code say what it ends. */
    @Test
    void theHundredsOfAnErrorTellWhatEnds() {
        assertThat(Protocol.closesConnection(ErrorCode.BAD_FRAME)).isTrue();
        assertThat(Protocol.endsSession(ErrorCode.BAD_FRAME)).isTrue();
        assertThat(Protocol.closesConnection(ErrorCode.SESSION_REPLACED)).isTrue();
        assertThat(Protocol.endsSession(ErrorCode.SESSION_REPLACED)).isTrue();
        assertThat(Protocol.closesConnection(ErrorCode.IDLE_TIMEOUT)).isTrue();
        assertThat(Protocol.endsSession(ErrorCode.IDLE_TIMEOUT)).isFalse();
        for (ErrorCode code : ErrorCode.values()) {
            if (code == ErrorCode.UNRECOGNIZED || code.getNumber() >= 400 || code == ErrorCode.OK) {
                assertThat(Protocol.closesConnection(code)).as("%s", code).isFalse();
                assertThat(Protocol.endsSession(code)).as("%s", code).isFalse();
            }
        }
    }
}
