package tavern.server.feed.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.PlayerId;
import tavern.server.game.RoomId;
import tavern.server.game.Settlement;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Realm;

final class TradeEventsTest {
    private final Player ann = new Player(new PlayerId(7), "ann");
    private final Player bob = new Player(new PlayerId(8), "bob");
    private final Settlement trade =
            Realm.wish(new UUID(1, 2), ann, bob, Goods.of("gold", 5), Goods.ofItem(77), TradeOutcome.COMMITTED);

    @Test
    void theEventSaysWhoGaveWhatWhereAndWhen() throws Exception {
        OutboxEvent event = new TradeEvents("eu").describe(trade, new RoomId("hall.2"), 99, 1_234);
        TradeCommitted body = TradeCommitted.parseFrom(event.body());
        assertThat(event.routingKey()).isEqualTo("trade.eu.hall.2");
        assertThat(body.getMessageId()).isEqualTo(trade.id().toString()).startsWith("7-");
        assertThat(body.getRealm()).isEqualTo("eu");
        assertThat(body.getRoom()).isEqualTo("hall.2");
        assertThat(body.getFence()).isEqualTo(99);
        assertThat(body.getCommittedAtMs()).isEqualTo(1_234);
        assertThat(body.getProposer().getPlayerId()).isEqualTo(7);
        assertThat(body.getProposer().getGave().getStacks(0).getCount()).isEqualTo(5);
        assertThat(body.getPartner().getPlayer()).isEqualTo("bob");
        assertThat(body.getPartner().getGave().getItemIdsList()).containsExactly(77L);
    }

    @Test
    void headersAreReadFromTheBody() {
        OutboxEvent event = new TradeEvents("eu").describe(trade, new RoomId("hall"), 99, 1_234);
        assertThat(TradeEvents.headers(event))
                .containsEntry("realm", "eu")
                .containsEntry("room", "hall")
                .containsEntry("fence", 99L)
                .hasSize(3);
    }

    @Test
    void aBodyOfAnotherKindHasNoHeaders() {
        assertThat(TradeEvents.headers(new OutboxEvent("trade.eu.hall", new byte[] {1, 2, 3})))
                .isEmpty();
    }
}
