package tavern.server.operators;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TotpTest {
    private static final byte[] RFC_SECRET = "12345678901234567890".getBytes(US_ASCII);
    private static final long NOW = 1_700_000_000_000L;

    /** The vectors for SHA-1 of RFC 6238, appendix B. */
    @ParameterizedTest
    @CsvSource({
        "59, 94287082",
        "1111111109, 07081804",
        "1111111111, 14050471",
        "1234567890, 89005924",
        "2000000000, 69279037",
        "20000000000, 65353130"
    })
    void codesAreThoseOfTheRfc(long seconds, String code) {
        assertThat(Totp.truncated(RFC_SECRET, seconds / 30) % 100_000_000).isEqualTo(Integer.parseInt(code));
        assertThat(Totp.code(Base32.encode(RFC_SECRET), seconds * 1_000, 0)).isEqualTo(code.substring(2));
    }

    /** The vectors of RFC 4648, section 10, without padding. */
    @ParameterizedTest
    @CsvSource({"f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "fooba, MZXW6YTB", "foobar, MZXW6YTBOI"})
    void base32IsThatOfTheRfc(String text, String encoded) {
        assertThat(Base32.encode(text.getBytes(US_ASCII))).isEqualTo(encoded);
        assertThat(Base32.decode(encoded)).isEqualTo(text.getBytes(US_ASCII));
    }

    @Test
    void aCodeIsGoodOnceAndForAStepBeforeAndAfter() {
        String secret = Totp.newSecret();
        assertThat(Totp.isSecret(secret)).isTrue();
        long step = NOW / 30_000;
        for (int off = -1; off <= 1; off++) {
            String code = Totp.code(secret, NOW, off);
            assertThat(Totp.step(secret, code, NOW, 0)).hasValue(step + off);
            assertThat(Totp.step(secret, code, NOW, step + off)).isEmpty();
        }
        assertThat(Totp.step(secret, Totp.code(secret, NOW, -2), NOW, 0)).isEmpty();
        assertThat(Totp.step(secret, Totp.code(secret, NOW, 2), NOW, 0)).isEmpty();
    }
}
