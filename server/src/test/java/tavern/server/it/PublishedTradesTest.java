package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;

/** The auditor of the queue finds every kind of fault. */
class PublishedTradesTest {
    private static final long FENCE = 1_000;

    private final Deal deal = new Deal(TestIds.id(1_002), "anna", "ben", RawClient.gold(5), RawClient.item(7));
    private final PublishedTrades publications = new PublishedTrades();

    @Test
    void aTradeThatCameTwiceIsInOrder() {
        deal.tell("ben", TradeOutcome.COMMITTED);
        publications.add(List.of(message(trade(deal, FENCE)), message(trade(deal, FENCE))));
        assertThat(publications.audit(List.of(deal))).isEmpty();
        assertThat(publications.duplicates()).isEqualTo(1);
    }

    @Test
    void aTradeThatDidNotComeIsFound() {
        deal.tell("ben", TradeOutcome.COMMITTED);
        assertThat(publications.audit(List.of(deal))).singleElement().asString().startsWith("committed, but not");
    }

    @Test
    void aTradeThatWasNotCommittedIsFound() {
        deal.tell("ben", TradeOutcome.DECLINED);
        publications.add(List.of(message(trade(deal, FENCE))));
        assertThat(publications.audit(List.of(deal))).singleElement().asString().startsWith("published, but not");
    }

    @Test
    void aTradeThatNobodyTriedIsFound() {
        publications.add(List.of(message(trade(deal, FENCE))));
        assertThat(publications.audit(List.of())).singleElement().asString().contains("nobody tried it");
    }

    @Test
    void otherTermsAreFound() {
        deal.tell("ben", TradeOutcome.COMMITTED);
        Deal other = new Deal(deal.id(), "anna", "ben", RawClient.gold(6), RawClient.item(7));
        publications.add(List.of(message(trade(other, FENCE))));
        assertThat(publications.audit(List.of(deal))).singleElement().asString().startsWith("published with other");
        publications.add(List.of(message(trade(deal, FENCE))));
        assertThat(publications.audit(List.of(deal))).hasSize(2).anyMatch(line -> line.contains("came again"));
    }

    @Test
    void aTradeOfAnEarlierOwnerAfterTheNextOnesIsFound() {
        Deal late = new Deal(TestIds.id(1_003), "anna", "ben", RawClient.gold(1), Goods.getDefaultInstance());
        publications.add(List.of(message(trade(deal, FENCE + 1)), message(trade(late, FENCE))));
        deal.tell("ben", TradeOutcome.COMMITTED);
        late.tell("ben", TradeOutcome.COMMITTED);
        assertThat(publications.audit(List.of(deal, late)))
                .singleElement()
                .asString()
                .contains("fence 1000 after 1001");
    }

    @Test
    void aMessageThatIsNotLikeItsBodyIsFound() {
        TransactionCommitted trade = trade(deal, FENCE);
        publications.add(List.of(new FeedQueue.Message("another", "trade.main.cellar", false, trade)));
        deal.tell("ben", TradeOutcome.COMMITTED);
        assertThat(publications.audit(List.of(deal))).hasSize(3);
    }

    private static FeedQueue.Message message(TransactionCommitted trade) {
        return new FeedQueue.Message(trade.getMessageId(), "trade.main.hall", true, trade);
    }

    private static TransactionCommitted trade(Deal deal, long fence) {
        return TransactionCommitted.newBuilder()
                .setMessageId("1-" + deal.id())
                .setRealm("main")
                .setRoom("hall")
                .setFence(fence)
                .setProposer(TradeParty.newBuilder().setPlayer(deal.from()).setGave(deal.give()))
                .setPartner(TradeParty.newBuilder().setPlayer(deal.to()).setGave(deal.want()))
                .build();
    }
}
