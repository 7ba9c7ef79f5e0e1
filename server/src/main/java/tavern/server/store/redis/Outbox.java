package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;

/** What waits to be published: a stream whose ids are {@code 0-<sequence>}. */
final class Outbox {
    private static final Logger log = LoggerFactory.getLogger(Outbox.class);

    private static final int FOREIGN_MAX = 100;

    private final Calls calls;
    private final Keys keys;
    private volatile long size;

    /** Those that were told of, so that each is told once. */
    private final Set<String> foreign = ConcurrentHashMap.newKeySet();

    Outbox(Calls calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    /** As of the last time that Redis said. */
    long size() {
        return size;
    }

    void size(long rows) {
        size = rows;
    }

    CompletionStage<List<OutboxRow>> after(long sequence, int max) {
        if (max <= 0) {
            return CompletableFuture.completedFuture(List.of());
        }
        Request request = Request.of(keys.outbox())
                .add("(0-" + Math.max(0, sequence))
                .add("+")
                .add("COUNT")
                .add(max);
        return calls.send(CommandType.XRANGE, request, reply -> {
            List<OutboxRow> rows = new ArrayList<>(reply.size());
            for (int i = 0; i < reply.size(); i++) {
                addIfOurs(reply.list(i), rows);
            }
            return rows;
        });
    }

    /** What somebody else has written is passed over: it must not keep trades from being published. */
    private void addIfOurs(Reply entry, List<OutboxRow> rows) {
        try {
            rows.add(row(entry));
        } catch (ForeignValueException e) {
            String id = entry.text(0);
            if (foreign.size() < FOREIGN_MAX && foreign.add(id)) {
                log.error(
                        "{}: {}; it is not published; remove it: docs/STORE.md says how",
                        keys.outbox(),
                        e.getMessage());
            }
        }
    }

    private static OutboxRow row(Reply entry) {
        Reply fields = entry.list(1);
        String id = entry.text(0);
        if (fields.size() != 8 || !id.startsWith("0-")) {
            throw new ForeignValueException("entry " + id + " is not one of ours");
        }
        return new OutboxRow(
                Decimal.parse(id.substring(2)),
                fields.text(1),
                new OutboxEvent(fields.text(3), fields.bytes(5)),
                fields.number(7));
    }

    CompletionStage<Void> remove(List<Long> sequences) {
        if (sequences.isEmpty()) {
            return count();
        }
        Request request = Request.of(keys.outbox());
        sequences.forEach(sequence -> request.add("0-" + sequence));
        CompletionStage<Void> removed = calls.send(CommandType.XDEL, request, reply -> Calls.DONE);
        return removed.thenCompose(done -> count());
    }

    CompletionStage<Void> count() {
        return calls.send(CommandType.XLEN, Request.of(keys.outbox()), reply -> {
            size = reply.number(0);
            return Calls.DONE;
        });
    }
}
