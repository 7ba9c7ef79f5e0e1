package tavern.sim.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.sim.ledger.FeedMessages.deliver;
import static tavern.sim.ledger.FeedMessages.party;
import static tavern.sim.ledger.FeedMessages.sale;
import static tavern.sim.ledger.FeedMessages.told;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TransactionCommitted;
import tavern.sim.audit.FeedCounts;
import tavern.sim.audit.KnownTrade;

/** Ann had 100 gold and Bob a sword; Ann bought it for 30. Each test plants a fault that must be found. */
class FeedAuditTest {
    private static final UUID ID = new UUID(1, 1);
    private static final UUID OTHER = new UUID(2, 2);
    private static final KnownTrade SALE = told(ID, TradeOutcome.COMMITTED);
    private static final Map<String, Inventory> BEFORE = Map.of("ann", inventory(100), "bob", inventory(0, 9));
    private static final Map<String, Inventory> AFTER = Map.of("ann", inventory(70, 9), "bob", inventory(30));

    private final FeedLedger ledger = new FeedLedger();

    @Test
    void aFeedThatTellsWhatHappenedHolds() {
        deliver(ledger, sale(ID));
        FeedResult result = audit(SALE);
        assertThat(result.published()).isEqualTo(1);
        assertThat(result.counts()).isEqualTo(new FeedCounts(1, 0, 0, 0, 0, 0, 0));
        assertThat(result.ofTrades()).isEmpty();
        assertThat(result.ofGoods()).isEmpty();
    }

    @Test
    void aRepeatChangesNothing() {
        deliver(ledger, sale(ID));
        deliver(ledger, sale(ID));
        FeedResult result = audit(SALE);
        assertThat(result.counts()).isEqualTo(new FeedCounts(2, 1, 0, 0, 0, 0, 0));
        assertThat(result.twice()).isZero();
        assertThat(result.ofGoods()).isEmpty();
    }

    @Test
    void aTradeThatIsNotInTheFeedIsMissingAndTheGoodsDoNotAddUp() {
        FeedResult result = audit(SALE);
        assertThat(result.missing()).containsExactly(SALE);
        assertThat(result.counts().missing()).isEqualTo(1);
        assertThat(result.ofGoods())
                .contains("by the feed ann should own 30 more of gold", "by the feed ann should own 1 less of item 9");
    }

    @Test
    void aTradeNobodyWasToldOfMayBeInTheFeedOrNot() {
        KnownTrade untold = told(ID, TradeOutcome.TRADE_OUTCOME_UNSPECIFIED);
        deliver(ledger, sale(ID));
        assertThat(audit(untold).ofTrades()).isEmpty();
        assertThat(new FeedAudit(new FeedLedger(), BEFORE, BEFORE)
                        .run(List.of(untold))
                        .ofTrades())
                .isEmpty();
    }

    @Test
    void aTradeThatEndedOtherwiseIsForged() {
        deliver(ledger, sale(ID));
        FeedResult result = audit(told(ID, TradeOutcome.DECLINED));
        assertThat(result.counts().forged()).isEqualTo(1);
        assertThat(result.published()).isZero();
        assertThat(result.ofTrades()).singleElement().asString().contains("DECLINED");
    }

    @Test
    void alteredTermsAreForgedAndTheGoodsDoNotAddUp() {
        TransactionCommitted.Builder altered = sale(ID);
        altered.getProposerBuilder().getGaveBuilder().getStacksBuilder(0).setCount(31);
        deliver(ledger, altered);
        FeedResult result = audit(SALE);
        assertThat(result.counts().forged()).isEqualTo(1);
        assertThat(result.missing()).containsExactly(SALE);
        assertThat(result.ofGoods())
                .containsExactly(
                        "by the feed ann should own 1 less of gold", "by the feed bob should own 1 more of gold");
    }

    @Test
    void aTradeOfOurPlayersThatNobodyMadeIsForged() {
        deliver(ledger, sale(ID));
        deliver(ledger, sale(OTHER));
        FeedResult result = audit(SALE);
        assertThat(result.counts().forged()).isEqualTo(1);
        assertThat(result.ofTrades()).singleElement().asString().contains(OTHER.toString(), "no bot's offer");
        assertThat(result.ofGoods()).isNotEmpty();
    }

    @Test
    void aStrangerWhoTakesFromOursIsForged() {
        deliver(ledger, sale(ID));
        deliver(
                ledger,
                sale(OTHER)
                        .setMessageId("5-" + OTHER)
                        .setProposer(party(5, "eve").setGave(Goods.getDefaultInstance())));
        assertThat(audit(SALE).counts().forged()).isEqualTo(1);
    }

    @Test
    void twoTradesWithTheSameVersionOfAPlayersGoodsAreForged() {
        deliver(ledger, sale(ID));
        TransactionCommitted.Builder second = FeedMessages.complete(sale(OTHER));
        long version = FeedMessages.complete(sale(ID)).getAccounts(0).getVersion();
        second.getAccountsBuilder(0).setVersion(version);
        FeedMessages.deliverAsIs(ledger, second);
        FeedResult result = audit(SALE, told(OTHER, TradeOutcome.COMMITTED));
        assertThat(result.counts().forged()).isEqualTo(1);
        assertThat(result.ofTrades()).singleElement().asString().contains("version " + version + " of player 1");
    }

    @Test
    void tradesAmongStrangersAreCountedOnly() {
        deliver(ledger, sale(ID));
        deliver(
                ledger,
                sale(OTHER)
                        .setMessageId("5-" + OTHER)
                        .setProposer(party(5, "eve"))
                        .setPartner(party(6, "mallory")));
        FeedResult result = audit(SALE);
        assertThat(result.counts().strangers()).isEqualTo(1);
        assertThat(result.ofTrades()).isEmpty();
        assertThat(result.ofGoods()).isEmpty();
    }

    @Test
    void theSameTradeUnderTwoMessageIdsIsPublishedTwice() {
        deliver(ledger, sale(ID));
        deliver(
                ledger,
                sale(ID).setMessageId("3-" + ID).setProposer(party(3, "ann").setGave(FeedMessages.GOLD)));
        FeedResult result = audit(SALE);
        assertThat(result.twice()).isEqualTo(1);
        assertThat(result.counts().forged()).as("ann has two ids").isEqualTo(1);
        assertThat(result.ofGoods()).isNotEmpty();
    }

    @Test
    void whatCannotBeReadIsTold() {
        deliver(ledger, sale(ID));
        ledger.receive(new byte[] {1}, "x");
        FeedResult result = audit(SALE);
        assertThat(result.counts().unreadable()).isEqualTo(1);
        assertThat(result.ofTrades()).singleElement().asString().contains("not a TransactionCommitted");
    }

    @Test
    void countsAsLargeAsTheyGetAreFoundAndNotThrown() {
        deliver(ledger, sale(ID));
        TransactionCommitted.Builder huge = sale(OTHER);
        huge.getProposerBuilder().getGaveBuilder().getStacksBuilder(0).setCount(Long.MAX_VALUE);
        deliver(ledger, huge);
        assertThat(audit(SALE).ofGoods()).isNotEmpty();
    }

    private FeedResult audit(KnownTrade... trades) {
        return new FeedAudit(ledger, BEFORE, AFTER).run(List.of(trades));
    }

    private static Inventory inventory(long gold, long... swords) {
        Inventory.Builder inventory = Inventory.newBuilder()
                .addStacks(Stack.newBuilder().setKind("gold").setCount(gold));
        for (long sword : swords) {
            inventory.addItems(Item.newBuilder().setId(sword).setKind("sword"));
        }
        return inventory.build();
    }
}
