package tavern.sim.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.AccountAfter;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Item;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeParty;
import tavern.protocol.v1.TransactionCommitted;
import tavern.protocol.v1.TransactionLeg;

/**
 * Parses and validates a feed message. Servers before transactions published trades without kind, legs, accounts and
 * sequence, and such messages may still be in the outbox or the queue.
 */
final class LedgerMessage {
    /** Far above what the trade limits allow. */
    static final int BYTES_MAX = 64 * 1024;

    private static final int NAME_CHARACTERS_MAX = 64;
    private static final int ENTRIES_MAX = 1_000;

    private LedgerMessage() {}

    static TransactionCommitted read(byte[] body, @Nullable String messageId) throws BadMessageException {
        require(body.length <= BYTES_MAX, "a body of " + body.length + " bytes");
        TransactionCommitted trade;
        try {
            trade = TransactionCommitted.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new BadMessageException("a body that is not a TransactionCommitted");
        }
        boolean isEarlier = trade.getKind().isEmpty();
        require(isEarlier || trade.getKind().equals("trade"), "a kind other than trade in the queue of trades");
        require(trade.getMessageId().equals(messageId), "another message_id in the body than in the AMQP properties");
        require(!trade.getRealm().isEmpty() && !trade.getRoom().isEmpty(), "no realm or no room");
        require(trade.getFence() != 0, "no fence");
        check(trade.getProposer());
        check(trade.getPartner());
        require(trade.getProposer().getPlayerId() != trade.getPartner().getPlayerId(), "a trade with oneself");
        require(
                trade.getMessageId()
                        .equals(Long.toUnsignedString(trade.getProposer().getPlayerId()) + "-" + id(trade)),
                "a message_id that is not the proposer's id and a UUID");
        if (isEarlier) {
            require(
                    trade.getLegsCount() + trade.getAccountsCount() == 0 && trade.getSequence() == 0,
                    "legs, accounts or a number in the message of an earlier server");
        } else {
            checkLegs(trade);
            checkAccounts(trade);
        }
        return trade;
    }

    /** The legs move what proposer and partner gave, and nothing else. */
    private static void checkLegs(TransactionCommitted trade) throws BadMessageException {
        long proposer = trade.getProposer().getPlayerId();
        long partner = trade.getPartner().getPlayerId();
        Map<String, Long> moved = new HashMap<>();
        for (TransactionLeg leg : trade.getLegsList()) {
            long from = leg.getFrom().getPlayerId();
            boolean isBetween = leg.getTo().getPlayerId() == (from == proposer ? partner : proposer)
                    && (from == proposer || from == partner);
            require(isBetween && leg.getMadeCount() == 0, "a leg that is not between the two players");
            for (Stack stack : leg.getStacksList()) {
                moved.merge(from + " " + stack.getKind(), stack.getCount(), Long::sum);
            }
            for (Item item : leg.getItemsList()) {
                require(!item.getKind().isEmpty(), "an item without a kind");
                moved.merge(from + " #" + item.getId(), 1L, Long::sum);
            }
        }
        Map<String, Long> gave = new HashMap<>();
        addGiven(trade.getProposer(), gave);
        addGiven(trade.getPartner(), gave);
        require(moved.equals(gave), "legs other than what the two players gave");
    }

    private static void addGiven(TradeParty party, Map<String, Long> gave) {
        for (Stack stack : party.getGave().getStacksList()) {
            gave.put(party.getPlayerId() + " " + stack.getKind(), stack.getCount());
        }
        for (long item : party.getGave().getItemIdsList()) {
            gave.put(party.getPlayerId() + " #" + item, 1L);
        }
    }

    private static void checkAccounts(TransactionCommitted trade) throws BadMessageException {
        Map<Long, String> names = new HashMap<>();
        for (AccountAfter after : trade.getAccountsList()) {
            require(after.getVersion() > 0, "an account without a version");
            names.put(after.getAccount().getPlayerId(), after.getPlayer());
        }
        boolean isEmpty = trade.getLegsCount() == 0;
        TradeParty proposer = trade.getProposer();
        TradeParty partner = trade.getPartner();
        require(
                trade.getAccountsCount() == (isEmpty ? 0 : 2)
                        && (isEmpty
                                || (proposer.getPlayer().equals(names.get(proposer.getPlayerId()))
                                        && partner.getPlayer().equals(names.get(partner.getPlayerId())))),
                "accounts other than those of the two players");
    }

    /** The trade's id, taken from the message id. */
    static UUID id(TransactionCommitted trade) throws BadMessageException {
        String id = trade.getMessageId();
        try {
            return UUID.fromString(id.substring(id.indexOf('-') + 1));
        } catch (IllegalArgumentException e) {
            throw new BadMessageException("a message_id without a UUID");
        }
    }

    private static void check(TradeParty party) throws BadMessageException {
        String name = party.getPlayer();
        require(party.getPlayerId() != 0, "a player without an id");
        require(!name.isEmpty() && name.length() <= NAME_CHARACTERS_MAX, "a player without a name");
        Goods gave = party.getGave();
        require(gave.getStacksCount() + gave.getItemIdsCount() <= ENTRIES_MAX, "too many goods");
        Set<String> kinds = new HashSet<>();
        for (Stack stack : gave.getStacksList()) {
            require(stack.getCount() > 0, "a count that is not positive");
            require(!stack.getKind().isEmpty() && kinds.add(stack.getKind()), "a kind without a name, or twice");
        }
        require(
                new HashSet<>(gave.getItemIdsList()).size() == gave.getItemIdsCount()
                        && !gave.getItemIdsList().contains(0L),
                "an item without an id, or twice");
    }

    private static void require(boolean condition, String otherwise) throws BadMessageException {
        if (!condition) {
            throw new BadMessageException(otherwise);
        }
    }
}
