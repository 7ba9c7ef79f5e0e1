package tavern.bench.trades;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** Relays the outbox to the broker and does nothing else: no lease, no watchdog, no error handling. */
final class BareRelay {
    private static final int WINDOW = 4_096;
    private static final int PAGE_ROWS = 1_024;
    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final StatefulRedisConnection<String, byte[]> redis;
    private final ConfirmedPublisher publisher;
    private final Queue<String> confirmedIds = new ConcurrentLinkedQueue<>();
    private final LongAdder confirmed = new LongAdder();
    private final LoopingThread worker;
    private String last = "0-0";

    BareRelay(RedisClient client, String rabbitUri) throws IOException {
        redis = client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
        publisher = new ConfirmedPublisher(rabbitUri, WINDOW);
        worker = LoopingThread.start("relay", this::page);
    }

    long confirmed() {
        return confirmed.sum();
    }

    private void page() throws IOException, InterruptedException {
        List<StreamMessage<String, byte[]>> rows = redis.sync()
                .xrange(
                        Backends.OUTBOX,
                        Range.from(Range.Boundary.excluding(last), Range.Boundary.unbounded()),
                        Limit.from(PAGE_ROWS));
        for (StreamMessage<String, byte[]> row : rows) {
            Map<String, byte[]> fields = row.getBody();
            publisher.publish(text(fields, "key"), text(fields, "id"), bytes(fields, "body"), () -> {
                confirmedIds.add(row.getId());
                confirmed.increment();
            });
            last = row.getId();
        }
        remove();
        if (rows.size() < PAGE_ROWS / 2) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private void remove() {
        List<String> ids = new ArrayList<>();
        for (String id = confirmedIds.poll(); id != null; id = confirmedIds.poll()) {
            ids.add(id);
        }
        if (!ids.isEmpty()) {
            redis.async().xdel(Backends.OUTBOX, ids.toArray(String[]::new));
        }
    }

    private static String text(Map<String, byte[]> fields, String name) throws IOException {
        return new String(bytes(fields, name), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Map<String, byte[]> fields, String name) throws IOException {
        byte[] value = fields.get(name);
        if (value == null) {
            throw new IOException("a row of the outbox has no " + name);
        }
        return value;
    }

    /** Waits until the broker has confirmed that many trades, then stops. */
    void finish(long committed) throws IOException, InterruptedException {
        try (publisher) {
            long deadline = System.nanoTime() + TIMEOUT_NANOS;
            while (confirmed.sum() < committed && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            worker.end();
        }
        if (confirmed.sum() != committed) {
            throw new IOException(confirmed.sum() + " of " + committed + " trades were confirmed");
        }
    }
}
