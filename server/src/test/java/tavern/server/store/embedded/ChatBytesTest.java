package tavern.server.store.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tavern.server.store.ChatLine;
import tavern.server.store.Realm;

final class ChatBytesTest {
    private static final List<ChatLine> LINES = List.of(
            new ChatLine("ann", "hello", Realm.NOW),
            new ChatLine("", "", Realm.NOW - 10),
            new ChatLine("\u00c5sa", "\u20ac \ud83c\udf7a" + "x".repeat(300), Realm.NOW + 1),
            new ChatLine("bob", "the end of time", Long.MAX_VALUE),
            new ChatLine("bob", "its beginning", Long.MIN_VALUE),
            new ChatLine("bob", "1970", 0));

    @Test
    void linesComeBackAsTheyWere() throws IOException {
        assertThat(ChatBytes.parse(ChatBytes.of(LINES), LINES.size())).isEqualTo(LINES);
        assertThat(ChatBytes.parse(ChatBytes.of(List.of()), 0)).isEmpty();
    }

    @Test
    void whatALineTakesBesidesItsWordsIsLittle() {
        List<ChatLine> second = List.of(LINES.get(0), LINES.get(0));
        int first = ChatBytes.of(LINES.subList(0, 1)).length;
        assertThat(ChatBytes.of(second).length - first).isEqualTo("ann".length() + "hello".length() + 3);
    }

    @Test
    void bytesThatEndTooSoonAreRefusedWhereverTheyEnd() {
        byte[] bytes = ChatBytes.of(LINES);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ChatBytes.parse(cut, LINES.size()))
                    .as("%d of %d bytes", length, bytes.length)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void moreLinesThanThereShouldBeAreRefused() {
        assertThatThrownBy(() -> ChatBytes.parse(ChatBytes.of(LINES), 5))
                .isInstanceOf(IOException.class)
                .hasMessage("6 lines instead of 5");
    }

    @Test
    void aLengthThatIsNegativeOrBeyondTheEndIsRefusedAndNothingIsAllocatedForIt() {
        byte[] huge = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07, 'x'};
        byte[] negative = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'};
        for (byte[] bytes : List.of(huge, negative)) {
            assertThatThrownBy(() -> ChatBytes.parse(bytes, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("line 1 of 1");
        }
    }

    @Test
    void textThatIsNoUtf8IsRefused() {
        byte[] bytes = {1, 'a', 2, (byte) 0xc3, 'b', 0};
        assertThatThrownBy(() -> ChatBytes.parse(bytes, 1))
                .isInstanceOf(IOException.class)
                .hasRootCauseMessage("Protocol message had invalid UTF-8.");
    }

    @Test
    void brokenBytesAreLinesOrRefusedAndNothingElse() {
        long seed = 20261125;
        Random random = new Random(seed);
        byte[] sound = ChatBytes.of(LINES);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = sound.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(ChatBytes.parse(bytes, LINES.size()))
                        .as("round %d of seed %d", round, seed)
                        .hasSize(LINES.size());
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }
}
