package tavern.sim.ledger;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeParty;
import tavern.sim.audit.KnownTrade;

/** Messages as the feed publishes them, and the trades behind them. Ann has id 1, Bob 2. */
final class Messages {
    static final Goods GOLD = Goods.newBuilder()
            .addStacks(Stack.newBuilder().setKind("gold").setCount(30))
            .build();
    static final Goods SWORD = Goods.newBuilder().addItemIds(9).build();

    private Messages() {}

    /** Ann gives 30 gold for Bob's sword. */
    static TradeCommitted.Builder sale(UUID id) {
        return TradeCommitted.newBuilder()
                .setMessageId("1-" + id)
                .setRealm("main")
                .setRoom("hall")
                .setFence(7)
                .setProposer(party(1, "ann").setGave(GOLD))
                .setPartner(party(2, "bob").setGave(SWORD))
                .setCommittedAtMs(1_000);
    }

    static TradeParty.Builder party(long id, String name) {
        return TradeParty.newBuilder().setPlayerId(id).setPlayer(name);
    }

    static KnownTrade told(UUID id, TradeOutcome outcome) {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        TradeOffer offer = TradeOffer.newBuilder()
                .setTradeId(ByteString.copyFrom(bytes))
                .setTo("bob")
                .setGive(GOLD)
                .setWant(SWORD)
                .build();
        return new KnownTrade("ann", offer, outcome);
    }

    static void deliver(Ledger ledger, TradeCommitted.Builder message) {
        ledger.receive(message.build().toByteArray(), message.getMessageId());
    }
}
