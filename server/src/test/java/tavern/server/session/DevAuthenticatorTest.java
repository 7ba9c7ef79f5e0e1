package tavern.server.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DevAuthenticatorTest {
    private final DevAuthenticator authenticator = new DevAuthenticator();

    @Test
    void theTokenIsTheName() throws Exception {
        assertThat(authenticator.prove("ann").player()).isEqualTo("ann");
        assertThat(authenticator.claimedName("ann")).isEqualTo("ann");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "../x", "a}b{c", "a\r\nb", "\u202Eann", "аnn"})
    void whatIsNoNameIsRefusedAndNotCounted(String token) {
        assertThatThrownBy(() -> authenticator.prove(token)).isInstanceOf(AuthException.class);
        assertThat(authenticator.claimedName(token)).isEmpty();
    }
}
