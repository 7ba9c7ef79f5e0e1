package tavern.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.server.store.Realm.NOW;
import static tavern.server.store.TransactionDraft.transaction;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;
import tavern.game.PlayerId;

/** Nobody uses up the id of a trade, a grant or a starter kit before it happens. */
final class ReservedKindsTest {
    @ParameterizedTest
    @ValueSource(strings = {"trade:1-0192", "grant:gift", "starter:7", "starter", "turn:hall:1:2"})
    void anIdOfTheServersOwnIsRefused(String id) {
        assertThatThrownBy(() -> transaction(id).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(id)
                .hasMessageContaining("server's own");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trades:1", "Trade:1", "shop:trade:1", "tradex"})
    void aNameThatOnlyLooksLikeItIsFree(String id) {
        assertThat(transaction(id).build().id().text()).isEqualTo(id);
    }

    @Test
    void theServerMakesItsOwn() {
        assertThat(GrantTransactions.starter(new PlayerId(7), Goods.of("gold", 1), List.of(), null, NOW)
                        .id()
                        .text())
                .isEqualTo("starter:7");
        assertThat(GrantTransactions.of(new PlayerId(7), Realm.stacks("gold", 1), "gift", NOW)
                        .id()
                        .text())
                .isEqualTo("grant:gift");
    }
}
