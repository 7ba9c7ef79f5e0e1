package tavern.server.operators;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PasswordHashTest {
    private static final int ITERATIONS = 1_000;

    @Test
    void thePasswordAndNoOtherHasItsHashHoweverItIsComposed() {
        String hash = PasswordHash.of("tr\u00e9s secret!", ITERATIONS);
        assertThat(hash).startsWith("pbkdf2-sha256$1000$").doesNotContain("secret");
        assertThat(PasswordHash.matches("tr\u00e9s secret!", hash)).isTrue();
        assertThat(PasswordHash.matches("tre\u0301s secret!", hash)).isTrue();
        assertThat(PasswordHash.matches("tres secret!", hash)).isFalse();
        assertThat(PasswordHash.of("tr\u00e9s secret!", ITERATIONS))
                .as("salted")
                .isNotEqualTo(hash);
    }

    /** Computed with Python's hashlib.pbkdf2_hmac. */
    @Test
    void theHashIsThatOfOtherLibraries() {
        String hash = "pbkdf2-sha256$1000$c2FsdHNhbHRzYWx0c2FsdA$Cf9xjlisAEzRbMZsosxST/5+wkpfUV6uoqiZkYtP6iQ";
        assertThat(PasswordHash.matches("correct horse battery", hash)).isTrue();
    }

    @Test
    void nobodyHasAHashOfAnotherForm() {
        assertThat(PasswordHash.matches("", "")).isFalse();
        assertThat(PasswordHash.matches("x", "plain$1$x$x")).isFalse();
        assertThat(PasswordHash.matches("", PasswordHash.ofNobody(ITERATIONS))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "elevenchars", "aaaaaaaaaaaaaaaa", "abababababababab", "ann-ann-ann-ann"})
    void whatIsEasyToGuessIsRefused(String password) {
        assertThatThrownBy(() -> PasswordHash.require(password, "ann")).isInstanceOf(OperatorException.class);
    }
}
