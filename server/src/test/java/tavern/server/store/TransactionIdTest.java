package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tavern.protocol.UuidV7;

/** A game cannot repeat the text of an id under another time, which would be another id. */
final class TransactionIdTest {
    private static final UUID UUID_OF_NOW = UuidV7.of(Realm.NOW, 17);

    @Test
    void anIdHasTheTimeOfTheUuidInItsText() {
        TransactionId id = TransactionId.dated("craft", "7", UUID_OF_NOW);
        assertThat(id.text()).isEqualTo("craft:7-" + UUID_OF_NOW);
        assertThat(id.kind()).isEqualTo("craft");
        assertThat(id.bornMillis()).isEqualTo(Realm.NOW);
        assertThat(id).isEqualTo(TransactionId.dated("craft", "7", UUID_OF_NOW));
        assertThat(TransactionId.undated("craft:7").bornMillis()).isZero();
    }

    @Test
    void thereIsNoOtherWayToGiveAnIdATime() {
        assertThat(TransactionId.class.getDeclaredConstructors())
                .allMatch(each -> Modifier.isPrivate(each.getModifiers()));
        UUID random = UUID.fromString("0b6a9d2e-7f0c-4d53-9d2a-4e4b0f1c2d3e");
        assertThatThrownBy(() -> TransactionId.dated("craft", "7", random))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TransactionId.dated("craft:7", "", UUID_OF_NOW))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
