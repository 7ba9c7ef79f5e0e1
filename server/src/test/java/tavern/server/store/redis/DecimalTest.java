package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.server.store.ForeignValueException;

final class DecimalTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 7, 10, 999_999_999_999_999_999L, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    void bytesAreReadAsText(long number) {
        assertThat(Decimal.parse(Long.toString(number).getBytes(UTF_8))).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1x", "/", ":", "9223372036854775808", "1.0", " 1"})
    void whatIsNoNumberIsNamed(String text) {
        assertThatThrownBy(() -> Decimal.parse(text.getBytes(UTF_8)))
                .isInstanceOf(ForeignValueException.class)
                .hasMessageContaining("not a number: " + text);
    }

    @Test
    void zerosInFrontDoNotMatterWhereNobodyWroteThem() {
        assertThat(Decimal.parse("007".getBytes(UTF_8))).isEqualTo(7);
        assertThatThrownBy(() -> Decimal.whole("007")).isInstanceOf(ForeignValueException.class);
    }
}
