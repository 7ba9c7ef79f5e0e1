package tavern.sim.ledger;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.protocol.v1.Account;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.protocol.v1.TransactionLeg;
import tavern.sim.audit.KnownTrade;

/** Messages as the feed publishes them, and the trades behind them. Ann has id 1, Bob 2. */
final class FeedMessages {
    static final Goods GOLD = Goods.newBuilder()
            .addStacks(Stack.newBuilder().setKind("gold").setCount(30))
            .build();
    static final Goods SWORD = Goods.newBuilder().addItemIds(9).build();

    private FeedMessages() {}

    /** Ann gives 30 gold for Bob's sword. */
    static TransactionCommitted.Builder sale(UUID id) {
        return TransactionCommitted.newBuilder()
                .setKind("trade")
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

    /** Adds legs and accounts that fit what the two gave; the versions are the message's own. */
    static TransactionCommitted.Builder complete(TransactionCommitted.Builder message) {
        long version = 1 + (message.getMessageId().hashCode() & Integer.MAX_VALUE);
        TradeParty proposer = message.getProposer();
        TradeParty partner = message.getPartner();
        addLeg(message, proposer, partner);
        addLeg(message, partner, proposer);
        if (message.getLegsCount() > 0) {
            message.addAccounts(after(proposer, version)).addAccounts(after(partner, version));
        }
        return message;
    }

    private static void addLeg(TransactionCommitted.Builder message, TradeParty from, TradeParty to) {
        TransactionLeg.Builder leg = TransactionLeg.newBuilder()
                .setFrom(account(from))
                .setTo(account(to))
                .addAllStacks(from.getGave().getStacksList());
        from.getGave()
                .getItemIdsList()
                .forEach(id -> leg.addItems(Item.newBuilder().setId(id).setKind("sword")));
        if (leg.getStacksCount() + leg.getItemsCount() > 0) {
            message.addLegs(leg);
        }
    }

    private static Account account(TradeParty party) {
        return Account.newBuilder().setPlayerId(party.getPlayerId()).build();
    }

    private static AccountAfter after(TradeParty party, long version) {
        return AccountAfter.newBuilder()
                .setAccount(account(party))
                .setVersion(version)
                .setPlayer(party.getPlayer())
                .build();
    }

    static void deliver(FeedLedger ledger, TransactionCommitted.Builder incomplete) {
        deliverAsIs(ledger, complete(incomplete));
    }

    static void deliverAsIs(FeedLedger ledger, TransactionCommitted.Builder message) {
        ledger.receive(message.build().toByteArray(), message.getMessageId());
    }
}
