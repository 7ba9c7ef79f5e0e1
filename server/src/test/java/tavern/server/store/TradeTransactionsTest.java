package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.PlayerId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.TradeId;

final class TradeTransactionsTest {
    private static final UUID UUID_4 = UUID.fromString("5f0c1d5e-6f0a-4b3c-9d2e-0123456789ab");
    private static final TradeId TRADE = new TradeId(new PlayerId(7), UUID_4);

    @Test
    void aMemoTellsTheTrade() {
        TradeRecord trade = TradeTransactions.record(TRADE, remembered("1 0 hall 17 ann 13 bob gold=5,#17 potion=1"));
        assertThat(trade.room().name()).isEqualTo("hall");
        assertThat(trade.trade().outcome()).isEqualTo(TradeOutcome.COMMITTED);
        assertThat(trade.trade().partner().id()).isEqualTo(new PlayerId(13));
        assertThat(trade.trade().terms().give().items()).containsExactly(17L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1 0 hall 17 ann 13 bob gold=5",
                "1 0 hall 17 ann 13 bob gold=5 potion=1 more",
                "one 0 hall 17 ann 13 bob gold=5 potion=1",
                "99 0 hall 17 ann 13 bob gold=5 potion=1",
                "1 99999 hall 17 ann 13 bob gold=5 potion=1",
                "1 0 hall 17 ann bob bob gold=5 potion=1",
                "1 0 hall 17 ann 13 bob gold potion=1",
                "1 0 hall 17 ann 13 bob gold=5 #x",
                "1 0  17 ann 13 bob gold=5 potion=1"
            })
    void aMemoThatCannotBeReadIsNamed(String memo) {
        assertThatThrownBy(() -> TradeTransactions.record(TRADE, remembered(memo)))
                .isInstanceOf(ForeignValueException.class)
                .hasMessageContaining("trade:7-" + UUID_4);
    }

    private static TransactionResult remembered(String memo) {
        return new TransactionResult(TradeTransactions.id(TRADE), null, true, memo.getBytes(UTF_8), 0, Map.of());
    }
}
