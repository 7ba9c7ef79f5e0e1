package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Mint;
import tavern.game.PlayerId;

final class LegsTextTest {
    @Test
    void legsAreOneWordAndAreReadFromIt() {
        LedgerLeg trade = new LedgerLeg(
                new PlayerId(12),
                new PlayerId(13),
                new TreeMap<>(Map.of("gold", Long.MAX_VALUE, "a.b-c_d", 1L)),
                new TreeMap<>(Map.of(17L, "bow", 9L, "sword")),
                new TreeMap<>());
        LedgerLeg made = new LedgerLeg(
                new Mint("ops:x.y-z"),
                new PlayerId(12),
                new TreeMap<>(),
                new TreeMap<>(),
                new TreeMap<>(Map.of(18L, "key")));
        LedgerLeg burnt = new LedgerLeg(
                new PlayerId(12), new Mint("9"), new TreeMap<>(Map.of("gold", 1L)), new TreeMap<>(), new TreeMap<>());
        String text = "12>13|a.b-c_d=1,gold=9223372036854775807,#9:sword,#17:bow;mint:ops:x.y-z>12|+18:key;"
                + "12>mint:9|gold=1";
        assertThat(LegsText.of(List.of(trade, made, burnt))).isEqualTo(text);
        assertThat(LegsText.parse(text)).containsExactly(trade, made, burnt);
        assertThat(LegsText.parse("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12",
                "12>13",
                "12|gold=5",
                "12>13|gold",
                "12>13|gold=",
                "12>13|gold=-5",
                "12>13|gold=0",
                "12>13|gold=05",
                "12>13|=5",
                "12>13|#17",
                "12>13|#:bow",
                "12>13|#x:bow",
                "12>13|gold=9223372036854775808",
                "0>13|gold=5",
                "x>13|gold=5",
                "mint:>13|gold=5",
                "12>13|gold=5;",
                "12>13|gold=5;;12>13|gold=5",
                "12>13|gold=5,,pearl=1",
                "12>13|gold=5,",
                "12>13|"
            })
    void whatIsNotLegsIsRefused(String text) {
        assertThatThrownBy(() -> LegsText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
