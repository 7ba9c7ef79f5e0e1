package tavern.bench.trades;

import java.util.UUID;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeParty;

/** What is published about the trades of bare programs: as many bytes as Tavern's own. */
final class Messages {
    private Messages() {}

    static byte[] tradeCommitted(String room, long proposer, long partner) {
        return TradeCommitted.newBuilder()
                .setMessageId(proposer + "-" + new UUID(proposer, partner))
                .setRealm("main")
                .setRoom(room)
                .setFence(1_700_000_000_000_000L)
                .setProposer(party(proposer, "gold"))
                .setPartner(party(partner, "potion"))
                .setCommittedAtMs(1_700_000_000_000L)
                .build()
                .toByteArray();
    }

    private static TradeParty party(long id, String gave) {
        Stack stack = Stack.newBuilder().setKind(gave).setCount(1).build();
        return TradeParty.newBuilder()
                .setPlayerId(id)
                .setPlayer("trader-" + id)
                .setGave(Goods.newBuilder().addStacks(stack))
                .build();
    }
}
