package tavern.server.feed.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.protocol.v1.Account;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TransactionCommitted;
import tavern.server.game.Settlement;
import tavern.server.store.CommittedLegs;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;
import tavern.server.store.Realm;
import tavern.server.store.Transaction.RoomFence;

final class TransactionEventsTest {
    private static final RoomFence FENCE = new RoomFence(new RoomId("hall.2"), 99);

    private final Player ann = new Player(new PlayerId(7), "ann");
    private final Player bob = new Player(new PlayerId(8), "bob");
    private final Settlement trade =
            Realm.wish(new UUID(1, 2), ann, bob, Goods.of("gold", 5), Goods.ofItem(77), TradeOutcome.COMMITTED);
    private final TransactionEvents events = new TransactionEvents("eu");

    @Test
    void whatAGamePublishesHasItsWordAndItsMessage() throws Exception {
        RoomFence fence = new RoomFence(new RoomId("hall"), 7);

        OutboxEvent event = events.describe("won", ByteString.copyFromUtf8("ann"), fence, 5);

        assertThat(event.routingKey()).startsWith("won.").endsWith(".hall");
        assertThat(TransactionCommitted.parseFrom(event.body()).getBody().toStringUtf8())
                .isEqualTo("ann");
        for (String own : List.of("trade", "grant", "starter", "turn", "Won", "a.b")) {
            assertThatThrownBy(() -> events.describe(own, ByteString.EMPTY, fence, 5))
                    .as(own)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void theMessageOfATradeSaysWhoGaveWhatWhereAndWhen() throws Exception {
        OutboxEvent event = events.describe(trade, FENCE, 1_234);
        TransactionCommitted body = published(event, trade.id().toString(), "7>8|gold=5;8>7|#77:bow 7=3=ann,8=4=bob");
        assertThat(event.routingKey()).isEqualTo("trade.eu.hall.2");
        assertThat(body.getMessageId()).isEqualTo(trade.id().toString()).startsWith("7-");
        assertThat(body.getKind()).isEqualTo("trade");
        assertThat(body.getRealm()).isEqualTo("eu");
        assertThat(body.getRoom()).isEqualTo("hall.2");
        assertThat(body.getFence()).isEqualTo(99);
        assertThat(body.getCommittedAtMs()).isEqualTo(1_234);
        assertThat(body.getSequence()).isEqualTo(12);
        assertThat(body.getProposer().getPlayerId()).isEqualTo(7);
        assertThat(body.getProposer().getGave().getStacks(0).getCount()).isEqualTo(5);
        assertThat(body.getPartner().getPlayer()).isEqualTo("bob");
        assertThat(body.getPartner().getGave().getItemIdsList()).containsExactly(77L);
        assertThat(body.getLegs(0).getFrom().getPlayerId()).isEqualTo(7);
        assertThat(body.getLegs(1).getItemsList()).containsExactly(item(77, "bow"));
        assertThat(body.getAccountsList())
                .extracting(AccountAfter::getPlayer, AccountAfter::getVersion)
                .containsExactly(tuple("ann", 3L), tuple("bob", 4L));
    }

    @Test
    void aConsumerOfTheMessageBeforeReadsATradeAsItDid() throws Exception {
        OutboxEvent event = events.describe(trade, FENCE, 1_234);
        byte[] body = TransactionEvents.body(row(event, trade.id().toString(), "7>8|gold=5;8>7|#77:bow 7=3=ann"));
        TradeCommitted before = TradeCommitted.parseFrom(body);
        TransactionCommitted now = TransactionCommitted.parseFrom(body);
        assertThat(now.toByteArray()).as("as if written at once").isEqualTo(body);
        assertThat(before.getMessageId()).isEqualTo(trade.id().toString());
        assertThat(before.getRealm()).isEqualTo("eu");
        assertThat(before.getRoom()).isEqualTo("hall.2");
        assertThat(before.getFence()).isEqualTo(99);
        assertThat(before.getCommittedAtMs()).isEqualTo(1_234);
        assertThat(before.getProposer()).isEqualTo(now.getProposer());
        assertThat(before.getPartner()).isEqualTo(now.getPartner());
    }

    @Test
    void accountsAreToldByNumberNameOrMintAndNewItemsByTheirIds() throws Exception {
        OutboxEvent event = events.describe("craft", null, 5);
        TransactionCommitted body =
                published(event, "craft:1", "7>@guild:7|gold=5;mint:shop>7|potion=2,+90:key 7=3=ann,@guild:7=1");
        assertThat(event.routingKey()).isEqualTo("craft.eu.-");
        assertThat(body.getMessageId()).isEqualTo("craft:1");
        assertThat(body.getRoom()).isEmpty();
        assertThat(body.hasProposer()).isFalse();
        assertThat(body.getLegs(0).getTo())
                .isEqualTo(Account.newBuilder().setNamed("guild:7").build());
        assertThat(body.getLegs(1).getFrom())
                .isEqualTo(Account.newBuilder().setMint("shop").build());
        assertThat(body.getLegs(1).getMadeList()).containsExactly(item(90, "key"));
        assertThat(body.getLegs(1).getStacks(0).getCount()).isEqualTo(2);
        assertThat(body.getAccounts(1).getPlayer()).isEmpty();
    }

    /** It may have been published before, and a repeat must not differ from it. */
    @Test
    void whatAServerBeforeTransactionsLeftInTheOutboxIsPublishedAsItIs() {
        OutboxEvent event = new OutboxEvent("trade.eu.hall", new byte[] {1, 2, 3});
        assertThat(TransactionEvents.body(new OutboxRow(1, "7-x", event, null, 5, 0)))
                .containsExactly(1, 2, 3);
    }

    @Test
    void aKindThatWouldBeTakenForAnotherIsRefused() {
        for (String kind : new String[] {"trade", "trade.x", "", "#", "a.*", "Trade", "x".repeat(33)}) {
            assertThatThrownBy(() -> events.describe(kind, null, 5))
                    .as(kind)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void onlyATradeIsOneAndWhatCannotBeReadMayBe() {
        assertThat(TransactionEvents.isOfTrade(events.describe(trade, FENCE, 5).body()))
                .isTrue();
        assertThat(TransactionEvents.isOfTrade(events.describe("grant", null, 5).body()))
                .isFalse();
        assertThat(TransactionEvents.isOfTrade(new byte[] {1, 2, 3})).isTrue();
    }

    @Test
    void headersAreReadFromTheBody() {
        assertThat(TransactionEvents.headers(events.describe(trade, FENCE, 1_234)))
                .containsEntry("realm", "eu")
                .containsEntry("room", "hall.2")
                .containsEntry("fence", 99L)
                .hasSize(3);
        assertThat(TransactionEvents.headers(events.describe("grant", null, 5)))
                .containsEntry("realm", "eu")
                .hasSize(1);
    }

    @Test
    void aBodyOfAnotherKindHasNoHeaders() {
        assertThat(TransactionEvents.headers(new OutboxEvent("trade.eu.hall", new byte[] {1, 2, 3})))
                .isEmpty();
    }

    private static TransactionCommitted published(OutboxEvent event, String messageId, String legs) throws Exception {
        return TransactionCommitted.parseFrom(TransactionEvents.body(row(event, messageId, legs)));
    }

    private static OutboxRow row(OutboxEvent event, String messageId, String legs) {
        return new OutboxRow(12, messageId, event, CommittedLegs.parse(legs), 1_234, 0);
    }

    private static Item item(long id, String kind) {
        return Item.newBuilder().setId(id).setKind(kind).build();
    }
}
