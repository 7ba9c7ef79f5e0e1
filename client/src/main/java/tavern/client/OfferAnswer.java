package tavern.client;

import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOpened;
import tavern.protocol.v1.TradeResult;

/** The answer to a trade offer. */
public sealed interface OfferAnswer {
    /** The offer waits for the other side; the result follows as an event. */
    record Open(TradeOpened opened) implements OfferAnswer {}

    /** The trade was offered before and has ended with this result. */
    record Settled(TradeResult result) implements OfferAnswer {}

    static OfferAnswer of(ServerMessage answer) {
        return answer.hasTradeOpened() ? new Open(answer.getTradeOpened()) : new Settled(answer.getTradeResult());
    }
}
