package tavern.bench.trades;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/** Measures how many messages the quorum queue confirms to one connection that does nothing else. */
final class BarePublisher implements Contender {
    private static final int WINDOW = 4_096;

    private final String uri;

    BarePublisher(String uri) {
        this.uri = uri;
    }

    @Override
    public String key() {
        return "barePublisher";
    }

    @Override
    public String title() {
        return "bare confirmed publisher, quorum queue";
    }

    @Override
    public TradeLoad start() throws IOException {
        ConfirmedPublisher publisher = new ConfirmedPublisher(uri, WINDOW);
        LongAdder confirmed = new LongAdder();
        byte[] body = TradeMessages.transactionCommitted("room-1", 1, 2);
        String id = "1-" + new UUID(1, 2);
        LoopingThread worker = LoopingThread.start(
                "publisher", () -> publisher.publish("trade.main.room-1", id, body, confirmed::increment));
        return new TradeLoad() {
            @Override
            public long done() {
                return confirmed.sum();
            }

            @Override
            public void close() throws IOException, InterruptedException {
                try (publisher) {
                    worker.end();
                }
            }
        };
    }
}
