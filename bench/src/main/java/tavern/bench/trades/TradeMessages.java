package tavern.bench.trades;

import java.util.UUID;
import tavern.protocol.v1.Account;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.protocol.v1.TransactionLeg;

/** The messages that bare programs publish about trades, as large as Tavern's own. */
final class TradeMessages {
    private TradeMessages() {}

    /** As it is written beside a trade. */
    static byte[] beforeTheCommit(String room, long proposer, long partner) {
        return described(room, proposer, partner).build().toByteArray();
    }

    /** As it is published. */
    static byte[] transactionCommitted(String room, long proposer, long partner) {
        return described(room, proposer, partner)
                .setMessageId(proposer + "-" + new UUID(proposer, partner))
                .addLegs(leg(proposer, partner, "gold"))
                .addLegs(leg(partner, proposer, "potion"))
                .addAccounts(after(proposer))
                .addAccounts(after(partner))
                .setSequence(1_000_000)
                .build()
                .toByteArray();
    }

    private static TransactionCommitted.Builder described(String room, long proposer, long partner) {
        return TransactionCommitted.newBuilder()
                .setRealm("main")
                .setRoom(room)
                .setFence(1_700_000_000_000_000L)
                .setProposer(party(proposer, "gold"))
                .setPartner(party(partner, "potion"))
                .setCommittedAtMs(1_700_000_000_000L)
                .setKind("trade");
    }

    private static TradeParty party(long id, String gave) {
        Stack stack = Stack.newBuilder().setKind(gave).setCount(1).build();
        return TradeParty.newBuilder()
                .setPlayerId(id)
                .setPlayer("trader-" + id)
                .setGave(Goods.newBuilder().addStacks(stack))
                .build();
    }

    private static TransactionLeg leg(long from, long to, String kind) {
        return TransactionLeg.newBuilder()
                .setFrom(account(from))
                .setTo(account(to))
                .addStacks(Stack.newBuilder().setKind(kind).setCount(1))
                .build();
    }

    private static AccountAfter after(long id) {
        return AccountAfter.newBuilder()
                .setAccount(account(id))
                .setVersion(1_000)
                .setPlayer("trader-" + id)
                .build();
    }

    private static Account account(long id) {
        return Account.newBuilder().setPlayerId(id).build();
    }
}
