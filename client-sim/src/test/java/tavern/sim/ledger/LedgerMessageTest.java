package tavern.sim.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static tavern.sim.ledger.FeedMessages.GOLD;
import static tavern.sim.ledger.FeedMessages.complete;
import static tavern.sim.ledger.FeedMessages.party;
import static tavern.sim.ledger.FeedMessages.sale;

import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TransactionCommitted;

class LedgerMessageTest {
    private static final UUID ID = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");

    @Test
    void aMessageOfTheFeedIsRead() throws BadMessageException {
        TransactionCommitted sale = complete(sale(ID)).build();
        assertThat(LedgerMessage.read(sale.toByteArray(), "1-" + ID)).isEqualTo(sale);
        assertThat(LedgerMessage.id(sale)).isEqualTo(ID);
    }

    /** It may have waited in an outbox or a queue since then. */
    @Test
    void theMessageOfAnEarlierServerIsRead() throws Exception {
        byte[] earlier = TradeCommitted.parseFrom(sale(ID).clearKind().build().toByteArray())
                .toByteArray();
        TransactionCommitted read = LedgerMessage.read(earlier, "1-" + ID);
        assertThat(read).isEqualTo(sale(ID).clearKind().build());
        assertThat(LedgerMessage.id(read)).isEqualTo(ID);
        assertThat(TradeCommitted.parseFrom(earlier).getUnknownFields().asMap()).isEmpty();
    }

    static Stream<Arguments> whatNoFeedPublishes() {
        return Stream.of(
                changed("another message_id", sale -> sale.setMessageId("2-" + ID)),
                changedAtLast("a kind other than trade", sale -> sale.setKind("grant")),
                changedAtLast("of an earlier server", TransactionCommitted.Builder::clearKind),
                changedAtLast("legs other than", sale -> sale.removeLegs(1)),
                changedAtLast("legs other than", sale -> {
                    sale.getLegsBuilder(0).getStacksBuilder(0).setCount(31);
                    return sale;
                }),
                changedAtLast("not between the two", sale -> {
                    sale.getLegsBuilder(0).getToBuilder().setMint("shop");
                    return sale;
                }),
                changedAtLast("without a kind", sale -> {
                    sale.getLegsBuilder(1).getItemsBuilder(0).clearKind();
                    return sale;
                }),
                changedAtLast("accounts other than", sale -> sale.removeAccounts(0)),
                changedAtLast("without a version", sale -> {
                    sale.getAccountsBuilder(0).clearVersion();
                    return sale;
                }),
                changed("no realm", TransactionCommitted.Builder::clearRealm),
                changed("no room", TransactionCommitted.Builder::clearRoom),
                changed("no fence", TransactionCommitted.Builder::clearFence),
                changed("without an id", sale -> sale.setProposer(party(0, "ann"))),
                changed("without a name", sale -> sale.setPartner(party(2, ""))),
                changed("without a name", sale -> sale.setPartner(party(2, "b".repeat(65)))),
                changed("with oneself", sale -> sale.setPartner(party(1, "bob"))),
                changed("proposer's id", sale -> sale.setProposer(party(3, "ann"))),
                changed("not positive", sale -> gives(sale, stack("gold", 0))),
                changed("not positive", sale -> gives(sale, stack("gold", Long.MIN_VALUE))),
                changed("twice", sale -> gives(sale, GOLD.toBuilder().addAllStacks(GOLD.getStacksList()))),
                changed(
                        "twice",
                        sale -> gives(sale, Goods.newBuilder().addItemIds(9).addItemIds(9))),
                changed(
                        "item without an id",
                        sale -> gives(sale, Goods.newBuilder().addItemIds(0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatNoFeedPublishes")
    void whatNoFeedPublishesIsRefused(String why, TransactionCommitted message) {
        refuses(why, message.toByteArray(), "1-" + ID);
    }

    @Test
    void rubbishIsRefusedAndNotThrown() {
        refuses("not a TransactionCommitted", new byte[] {1, 2, 3}, "1-" + ID);
        refuses("65537 bytes", new byte[LedgerMessage.BYTES_MAX + 1], "1-" + ID);
        refuses("another message_id", sale(ID).build().toByteArray(), null);
        refuses("UUID", sale(ID).setMessageId("1-x").build().toByteArray(), "1-x");
    }

    private static void refuses(String why, byte[] body, @Nullable String messageId) {
        assertThatThrownBy(() -> LedgerMessage.read(body, messageId))
                .isInstanceOf(BadMessageException.class)
                .hasMessageContaining(why);
    }

    private static Arguments changed(String why, UnaryOperator<TransactionCommitted.Builder> change) {
        return Arguments.of(why, complete(change.apply(sale(ID))).build());
    }

    private static Arguments changedAtLast(String why, UnaryOperator<TransactionCommitted.Builder> change) {
        return Arguments.of(why, change.apply(complete(sale(ID))).build());
    }

    private static TransactionCommitted.Builder gives(TransactionCommitted.Builder sale, Goods.Builder goods) {
        return sale.setProposer(party(1, "ann").setGave(goods));
    }

    private static Goods.Builder stack(String kind, long count) {
        return Goods.newBuilder().addStacks(Stack.newBuilder().setKind(kind).setCount(count));
    }
}
