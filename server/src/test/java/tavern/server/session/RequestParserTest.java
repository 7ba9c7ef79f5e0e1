package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.protocol.v1.ErrorCode;

final class RequestParserTest {
    @Test
    void aTypeIsANameOrNothing() throws BadRequestException {
        assertThat(RequestParser.type("")).isEmpty();
        assertThat(RequestParser.type("cards.2-4")).isEqualTo("cards.2-4");
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "../cards", "-cards", "cards\n", "k\u00f6nig", "a-name-of-more-than-32-characters"})
    void whatIsNoNameIsNoType(String name) {
        BadRequestException refused = catchThrowableOfType(BadRequestException.class, () -> RequestParser.type(name));

        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_NAME);
    }

    @Test
    void aTicketHasABound() throws BadRequestException {
        ByteString most = ByteString.copyFrom(new byte[4_096]);
        assertThat(RequestParser.ticket(most)).isEqualTo(most);

        BadRequestException refused = catchThrowableOfType(
                BadRequestException.class, () -> RequestParser.ticket(most.concat(ByteString.copyFromUtf8("!"))));

        assertThat(refused.code()).isEqualTo(ErrorCode.BAD_VALUE);
        assertThat(refused).hasMessageContaining("4097 bytes");
    }
}
