package tavern.bench.trades;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/** What one connection can have confirmed by the quorum queue when it does nothing else. */
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
    public Load start() throws IOException {
        ConfirmedPublisher publisher = new ConfirmedPublisher(uri, WINDOW);
        LongAdder confirmed = new LongAdder();
        byte[] body = Messages.tradeCommitted("room-1", 1, 2);
        String id = "1-" + new UUID(1, 2);
        Worker worker =
                Worker.start("publisher", () -> publisher.publish("trade.main.room-1", id, body, confirmed::increment));
        return new Load() {
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
