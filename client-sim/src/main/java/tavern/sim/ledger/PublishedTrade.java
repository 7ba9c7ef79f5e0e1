package tavern.sim.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.util.UUID;
import tavern.protocol.v1.TradeCommitted;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.KnownTrade;

/** One message of the feed, which keeps its bytes only: there may be very many. */
record PublishedTrade(UUID id, ByteString bytes) {
    TradeCommitted message() {
        try {
            return TradeCommitted.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("it was read before", e);
        }
    }

    /** What the message claims, as the bots and the store tell of trades. */
    KnownTrade claim() {
        TradeCommitted message = message();
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
