package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.store.CommittedLegs;
import tavern.server.store.ForeignValueException;
import tavern.server.store.OutboxEvent;
import tavern.server.store.OutboxRow;

/** The messages about committed transactions that wait to be published: a stream whose ids are {@code 0-<sequence>}. */
final class OutboxStream {
    private static final Logger log = LoggerFactory.getLogger(OutboxStream.class);

    private static final int FOREIGN_MAX = 100;

    /** Names and values of an entry's fields. */
    private static final int FIELDS = 10;

    /** Those of an entry of a server before transactions, which has no legs. */
    private static final int FIELDS_BEFORE = 8;

    /**
     * Redis serves nobody else meanwhile, and may have to look at each row; with this number a script takes less than a
     * millisecond.
     */
    private static final int REMOVED_AT_ONCE_MAX = 256;

    private final RedisExecutor calls;
    private final Keys keys;
    private volatile long size;

    private final AtomicLong reads = new AtomicLong();

    /** Foreign entries that were logged, so that each is logged once. */
    private final Set<String> foreign = ConcurrentHashMap.newKeySet();

    OutboxStream(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    /** The size last reported by Redis. */
    long size() {
        return size;
    }

    void size(long rows) {
        size = rows;
    }

    /**
     * Answered once as many replicas have the rows as trades wait for: a fail-over must not undo trades that are
     * published.
     */
    CompletionStage<List<OutboxRow>> after(long sequence, int max) {
        if (max <= 0) {
            return CompletableFuture.completedFuture(List.of());
        }
        ScriptArguments request = ScriptArguments.of(keys.outbox())
                .add("(0-" + Math.max(0, sequence))
                .add("+")
                .add("COUNT")
                .add(max);
        return calls.send(CommandType.XRANGE, request, this::lastOf, reply -> {
            long read = reads.incrementAndGet();
            List<OutboxRow> rows = new ArrayList<>(reply.size());
            for (int i = 0; i < reply.size(); i++) {
                addIfOurs(reply.list(i), read, rows);
            }
            return rows;
        });
    }

    /** Names the last row: a server that has it also had those before it, though they may have been removed. */
    private ReplicaAcks.@Nullable Written lastOf(ScriptReply page) {
        for (int i = page.size() - 1; i >= 0; i--) {
            String id = page.list(i).text(0);
            if (id.startsWith("0-")) {
                return new ReplicaAcks.Written(keys.outbox(), ReplicaAcks.Kind.STREAM, id.substring(2));
            }
        }
        return null;
    }

    /** Foreign entries are skipped, so that they do not keep trades from being published. */
    private void addIfOurs(ScriptReply entry, long read, List<OutboxRow> rows) {
        try {
            rows.add(row(entry, read));
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

    private static OutboxRow row(ScriptReply entry, long read) {
        ScriptReply fields = entry.list(1);
        String id = entry.text(0);
        if ((fields.size() != FIELDS && fields.size() != FIELDS_BEFORE) || !id.startsWith("0-")) {
            throw new ForeignValueException("entry " + id + " is not one of ours");
        }
        return new OutboxRow(
                Decimal.parse(id.substring(2)),
                fields.text(1),
                new OutboxEvent(fields.text(3), fields.bytes(5)),
                fields.size() == FIELDS_BEFORE ? null : committed(id, fields.text(9)),
                fields.number(7),
                read);
    }

    private static CommittedLegs committed(String id, String legs) {
        try {
            return CommittedLegs.parse(legs);
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("entry " + id + " is not one of ours: " + e.getMessage());
        }
    }

    /** @return how many of the numbers belong to other messages */
    CompletionStage<Integer> remove(List<OutboxRow> rows) {
        CompletionStage<Integer> others = CompletableFuture.completedFuture(0);
        for (int from = 0; from < rows.size(); from += REMOVED_AT_ONCE_MAX) {
            List<OutboxRow> some = rows.subList(from, Math.min(rows.size(), from + REMOVED_AT_ONCE_MAX));
            others = others.thenCombine(removeSome(some), Integer::sum);
        }
        return others;
    }

    /** Read by read: of rows of several, the newest may be from after a fail-over, and another one from before. */
    private CompletionStage<Integer> removeSome(List<OutboxRow> rows) {
        ScriptArguments request = ScriptArguments.of(keys.outbox());
        rows.stream()
                .collect(Collectors.groupingBy(OutboxRow::read, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(found -> addRead(request, found));
        return calls.run(Script.PUBLISHED, request, reply -> {
            size = reply.number(0);
            return (int) reply.number(1);
        });
    }

    private static void addRead(ScriptArguments request, List<OutboxRow> rows) {
        OutboxRow newest = Collections.max(rows, Comparator.comparingLong(OutboxRow::sequence));
        add(request, newest, Long.toString(newest.atMillis()));
        rows.stream().filter(row -> row != newest).forEach(row -> add(request, row, ""));
    }

    private static void add(ScriptArguments request, OutboxRow row, String at) {
        request.add("0-" + row.sequence()).add(row.messageId()).add(at);
    }

    CompletionStage<Void> count() {
        return calls.send(CommandType.XLEN, ScriptArguments.of(keys.outbox()), reply -> {
            size = reply.number(0);
            return RedisExecutor.DONE;
        });
    }
}
