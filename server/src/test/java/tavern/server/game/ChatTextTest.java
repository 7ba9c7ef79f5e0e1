package tavern.server.game;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTextTest {
    private static final int MAX = 20;

    @ParameterizedTest
    @ValueSource(
            strings = {"hello", "${jndi:ldap://x}", "<b>", "नमस्ते", "שָׁלוֹם", "สวัสดี", "Tiếng Việt", "\uD83D\uDE00"})
    void honestTextStaysAsItIs(String text) {
        assertThat(ChatText.clean(text, MAX)).isEqualTo(new ChatText(text, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u0000b",
                "a\r\nb",
                "a\nb",
                "a\tb",
                "\u001b[31mred",
                "a\u007f",
                "\u007f ~",
                "\u001f!",
                "a\u009b",
                "a\u2028b",
                "a\ud800",
                "\udc00a",
                "\ude00\ud83d"
            })
    void controlCharactersAndLoneSurrogatesAreRefused(String text) {
        assertThat(ChatText.clean(text, MAX).problem()).contains("control characters");
    }

    @Test
    void everyPrintableCharacterOfAsciiStaysAsItIs() {
        StringBuilder all = new StringBuilder();
        for (char c = ' '; c <= '~'; c++) {
            all.append(c);
        }
        assertThat(ChatText.clean(all.toString(), 100)).isEqualTo(new ChatText(all.toString(), ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "   ",
                "\u00a0\u3000",
                "\u200b\u200b",
                "\u2800",
                "\u3164",
                "\u202e",
                "\u0301\u0301",
                "\ufe0f"
            })
    void textWithNothingToSeeIsRefused(String text) {
        assertThat(ChatText.clean(text, MAX).problem()).contains("blank");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u202eb",
                "a\u200bb",
                "a\u200db",
                "a\u2066b\u2069",
                "\ufeffab",
                "a\u00adb",
                "a\u2060b",
                "a\ufe0fb",
                "a\udb40\udc41b",
                "a\u061cb",
                "a\u034fb"
            })
    void invisibleCharactersAndChangesOfDirectionAreStripped(String text) {
        assertThat(ChatText.clean(text, MAX).text()).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67", // a family
                "\u2764\uFE0F\u200D\uD83D\uDD25", // a heart on fire
                "\uD83E\uDDD1\uD83C\uDFFD\u200D\uD83D\uDE80", // an astronaut with a skin tone
                "1\uFE0F\u20E3" // a keycap
            })
    void emojiSequencesStayWhole(String emoji) {
        assertThat(ChatText.clean(emoji, MAX).text()).isEqualTo(emoji);
    }

    @Test
    void towersOfCombiningMarksAreCut() {
        assertThat(ChatText.clean("x" + "\u0335".repeat(10_000), 20_000).text()).isEqualTo("x" + "\u0335".repeat(4));
        assertThat(ChatText.clean("x" + "\u0335\u200b".repeat(9), MAX).text()).isEqualTo("x" + "\u0335".repeat(4));
    }

    @Test
    void lengthCountsCodePoints() {
        assertThat(ChatText.clean("\uD83D\uDE00".repeat(MAX), MAX).isRefused()).isFalse();
        assertThat(ChatText.clean("x".repeat(MAX + 1), MAX).problem()).contains("longer than 20");
        assertThat(ChatText.clean("\uFB2C".repeat(MAX), MAX).problem())
                .as("grows when normalised")
                .contains("longer");
    }

    @Test
    void textIsNormalised() {
        assertThat(ChatText.clean("e\u0301", MAX).text()).isEqualTo("\u00e9");
    }

    @Test
    void whateverComesTheResultIsShortVisibleAndWithoutControlCharacters() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            int[] raw = random.ints(random.nextInt(30), 0, 0x3100).toArray();
            ChatText line = ChatText.clean(new String(raw, 0, raw.length), MAX);
            assertThat(line.isRefused())
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(line.text().isEmpty());
            assertThat(line.text().codePoints())
                    .as("seed %d, round %d", seed, i)
                    .noneMatch(Character::isISOControl);
            assertThat(line.text().codePointCount(0, line.text().length())).isLessThanOrEqualTo(MAX);
        }
    }
}
