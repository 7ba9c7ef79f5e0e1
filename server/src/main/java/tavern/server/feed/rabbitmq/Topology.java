package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.Map;

/** What must be there before a message is published; declaring what is there as it should be changes nothing. */
final class Topology {
    static final String EXCHANGE = "tavern.trades";
    static final String LEDGER = "tavern.trades.ledger";

    /** Exchange and queue of what could not be published. */
    static final String DEAD = "tavern.trades.dead";

    /** Even on one node: its log is flushed before the confirm, and it is faster than a classic queue at that. */
    private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

    private Topology() {}

    static void declare(Channel channel) throws IOException {
        channel.exchangeDeclare(EXCHANGE, BuiltinExchangeType.TOPIC, true);
        channel.queueDeclare(LEDGER, true, false, false, QUORUM);
        channel.queueBind(LEDGER, EXCHANGE, "trade.#");
        channel.exchangeDeclare(DEAD, BuiltinExchangeType.FANOUT, true);
        channel.queueDeclare(DEAD, true, false, false, QUORUM);
        channel.queueBind(DEAD, DEAD, "");
    }
}
