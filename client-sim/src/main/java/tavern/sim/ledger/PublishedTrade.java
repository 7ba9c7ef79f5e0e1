package tavern.sim.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TransactionCommitted;
import tavern.sim.audit.KnownTrade;

/** One feed message, kept as bytes to save memory: there may be very many. */
record PublishedTrade(UUID id, ByteString bytes) {
    TransactionCommitted message() {
        try {
            return TransactionCommitted.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the message was parsed before", e);
        }
    }

    /** The trade that the message reports, in the form that the bots and the store use. */
    KnownTrade claim() {
        TransactionCommitted message = message();
        ByteBuffer uuid = ByteBuffer.allocate(16).putLong(id.getMostSignificantBits());
        TradeOffer offer = TradeOffer.newBuilder()
                .setTradeId(ByteString.copyFrom(
                        uuid.putLong(id.getLeastSignificantBits()).flip()))
                .setTo(message.getPartner().getPlayer())
                .setGive(message.getProposer().getGave())
                .setWant(message.getPartner().getGave())
                .build();
        return new KnownTrade(message.getProposer().getPlayer(), offer, TradeOutcome.COMMITTED);
    }
}
