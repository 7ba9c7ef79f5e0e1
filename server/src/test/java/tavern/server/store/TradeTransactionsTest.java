package tavern.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
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

    /** What was asked for and what the memo has are the same, also where the terms alone tell that the trade fails. */
    @Test
    void aTradeThatEndsNowEndsAsItsMemoTells() {
        Goods gold = Goods.of("gold", 5);
        for (Terms terms : List.of(
                new Terms(new Goods(new TreeMap<>(Map.of("gold", 5L)), new TreeSet<>(Set.of(17L, 18L))), Goods.NONE),
                new Terms(gold, Goods.of("potion", 1)),
                new Terms(Goods.ofItem(17), Goods.ofItem(17)),
                new Terms(Goods.NONE, Goods.NONE))) {
            for (TradeOutcome outcome : List.of(
                    TradeOutcome.COMMITTED, TradeOutcome.CANCELLED, TradeOutcome.EXPIRED, TradeOutcome.FAILED)) {
                Settlement asked = new Settlement(
                        TRADE, new Player(new PlayerId(7), "ann"), new Player(new PlayerId(13), "bob"), terms, outcome);
                Transaction transaction = TradeTransactions.of(asked, new RoomId("hall"), 17, 1_000, null);
                TransactionResult now =
                        new TransactionResult(transaction.id(), null, false, transaction.memo(), 1_000, Map.of());
                assertThat(TradeTransactions.settled(asked, now)).isEqualTo(TradeTransactions.settled(TRADE, now));
            }
        }
    }

    @Test
    void aRepeatedTradeEndsAsRememberedAndNotAsAskedFor() {
        Settlement asked = new Settlement(
                TRADE,
                new Player(new PlayerId(7), "ann"),
                new Player(new PlayerId(14), "cid"),
                new Terms(Goods.of("gold", 6), Goods.NONE),
                TradeOutcome.COMMITTED);
        SettledTrade settled = TradeTransactions.settled(asked, remembered("2 0 hall 17 ann 13 bob gold=5 potion=1"));
        assertThat(settled.partner().name()).isEqualTo("bob");
        assertThat(settled.outcome()).isEqualTo(TradeOutcome.forNumber(2));
        assertThat(settled.terms().give()).isEqualTo(Goods.of("gold", 5));
    }

    private static TransactionResult remembered(String memo) {
        return new TransactionResult(TradeTransactions.id(TRADE), null, true, memo.getBytes(UTF_8), 0, Map.of());
    }
}
