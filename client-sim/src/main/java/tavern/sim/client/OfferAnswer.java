package tavern.sim.client;

import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeOpened;
import tavern.protocol.v1.TradeResult;

/** What became of a trade offer. */
public sealed interface OfferAnswer {
    /** It waits for the other side; the result follows as an event. */
    record Open(TradeOpened opened) implements OfferAnswer {}

    /** It was offered before and is settled: this is how. */
    record Settled(TradeResult result) implements OfferAnswer {}

    static OfferAnswer of(ServerMessage answer) {
        return answer.hasTradeOpened() ? new Open(answer.getTradeOpened()) : new Settled(answer.getTradeResult());
    }
}
