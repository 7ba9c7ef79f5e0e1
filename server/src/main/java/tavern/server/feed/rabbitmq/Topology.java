package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.Map;

/**
 * What must exist before a message is published; declaring what already exists as required changes nothing.
 *
 * @param ledgerQueue whether the server declares a queue of its own for all trades
 */
record Topology(boolean ledgerQueue) {
    static final String EXCHANGE = "tavern.trades";
    static final String LEDGER = "tavern.trades.ledger";

    /** The exchange and the queue for messages that could not be published. */
    static final String DEAD = "tavern.trades.dead";

    /**
     * A quorum queue even on a single node: its log is flushed before the confirm, and it does so faster than a classic
     * queue.
     */
    private static final Map<String, Object> QUORUM = Map.of("x-queue-type", "quorum");

    void declare(Channel channel) throws IOException {
        channel.exchangeDeclare(EXCHANGE, BuiltinExchangeType.TOPIC, true);
        if (ledgerQueue) {
            channel.queueDeclare(LEDGER, true, false, false, QUORUM);
            channel.queueBind(LEDGER, EXCHANGE, "trade.#");
        }
        channel.exchangeDeclare(DEAD, BuiltinExchangeType.FANOUT, true);
        channel.queueDeclare(DEAD, true, false, false, QUORUM);
        channel.queueBind(DEAD, DEAD, "");
    }
}
