package tavern.sim.ledger;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeParty;

/** What a message of the feed may look like. */
final class LedgerMessage {
    /** Far above what the limits of a trade allow. */
    static final int BYTES_MAX = 64 * 1024;

    private static final int NAME_CHARACTERS_MAX = 64;
    private static final int ENTRIES_MAX = 1_000;

    private LedgerMessage() {}

    static TradeCommitted read(byte[] body, @Nullable String messageId) throws BadMessageException {
        require(body.length <= BYTES_MAX, "a body of " + body.length + " bytes");
        TradeCommitted trade;
        try {
            trade = TradeCommitted.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new BadMessageException("a body that is no TradeCommitted");
        }
        require(trade.getMessageId().equals(messageId), "another message_id inside than outside");
        require(!trade.getRealm().isEmpty() && !trade.getRoom().isEmpty(), "no realm or no room");
        require(trade.getFence() != 0, "no fence");
        check(trade.getProposer());
        check(trade.getPartner());
        require(trade.getProposer().getPlayerId() != trade.getPartner().getPlayerId(), "a trade with oneself");
        require(
                trade.getMessageId()
                        .equals(Long.toUnsignedString(trade.getProposer().getPlayerId()) + "-" + id(trade)),
                "a message_id that is not the proposer's id and a UUID");
        return trade;
    }

    /** The trade's own id, out of the message's. */
    static UUID id(TradeCommitted trade) throws BadMessageException {
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
