package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import tavern.server.store.CheckpointPage;
import tavern.server.store.CheckpointRow;
import tavern.server.store.ForeignValueException;
import tavern.server.store.LeaseKey;
import tavern.server.store.Removal;
import tavern.server.store.Segment;
import tavern.server.store.SegmentStore;

/**
 * The ledger's sealed segments, and the checkpoint. A segment is kept as its text and its hash; rows of the checkpoint
 * are in buckets, which only the scripts know.
 */
final class SegmentRecords {
    /** Lua takes no more than 8,000 arguments at a time, and Redis serves nobody else meanwhile. */
    private static final int AT_ONCE_MAX = 500;

    private final RedisExecutor calls;
    private final Keys keys;

    SegmentRecords(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<List<Segment>> after(long number, int max) {
        return read(Long.toString(number), max);
    }

    CompletionStage<Optional<Segment>> newest() {
        return read("", 1).thenApply(found -> found.stream().findFirst());
    }

    private CompletionStage<List<Segment>> read(String after, int max) {
        ScriptArguments request =
                ScriptArguments.of(keys.segments(), keys.meta()).add(after).add(Math.min(max, AT_ONCE_MAX));
        return calls.run(
                Script.SEGMENTS,
                request,
                reply -> reply.texts().stream().map(SegmentRecords::segment).toList());
    }

    /** @param record the segment, a space, and its hash */
    private static Segment segment(String record) {
        int space = record.lastIndexOf(' ');
        try {
            Segment segment = Segment.parse(record.substring(0, Math.max(0, space)));
            if (segment.hash().equals(record.substring(space + 1))) {
                return segment;
            }
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("what is recorded of a segment was changed: " + e.getMessage());
        }
        throw new ForeignValueException("what is recorded of a segment was changed: " + record);
    }

    CompletionStage<String> removedThrough() {
        ScriptArguments request = ScriptArguments.of(keys.segments()).add("removed");
        return calls.send(CommandType.HGET, request, reply -> reply.isNull(0) ? "" : reply.text(0));
    }

    CompletionStage<Map<String, String>> values(Collection<String> rows) {
        List<String> asked = List.copyOf(rows);
        ScriptArguments request =
                ScriptArguments.of(keys.segments(), keys.meta()).add(keys.prefix());
        asked.forEach(request::add);
        return calls.run(Script.CHECKPOINTED, request, reply -> {
            Map<String, String> values = new HashMap<>();
            for (int i = 0; i < asked.size(); i++) {
                String value = reply.text(i);
                if (!value.isEmpty()) {
                    values.put(asked.get(i), value);
                }
            }
            return values;
        });
    }

    CompletionStage<CheckpointPage> page(String from, int max) {
        ScriptArguments request = ScriptArguments.of(keys.segments(), keys.meta())
                .add(from)
                .add(Math.min(max, AT_ONCE_MAX))
                .add(keys.prefix());
        return calls.run(Script.CHECKPOINT, request, reply -> {
            List<CheckpointRow> rows = new ArrayList<>();
            ScriptReply fields = reply.list(2);
            for (int i = 0; i < fields.size(); i += 2) {
                rows.add(row(fields.text(i), fields.text(i + 1)));
            }
            SortedMap<Long, String> names = new TreeMap<>();
            ScriptReply accounts = reply.list(3);
            for (int i = 0; i < accounts.size(); i += 2) {
                names.put(accounts.number(i), accounts.text(i + 1));
            }
            return new CheckpointPage(reply.number(0), rows, names, reply.text(1));
        });
    }

    private static CheckpointRow row(String key, String value) {
        CheckpointRow row = new CheckpointRow(key, value);
        try {
            row.requireReadable();
        } catch (IllegalArgumentException e) {
            throw new ForeignValueException("the checkpoint cannot be read: " + e.getMessage());
        }
        return row;
    }

    /** Answered once as many replicas have the rows as trades wait for, and so have all entries that were read before. */
    CompletionStage<Boolean> prepare(long fence, long number, List<CheckpointRow> rows) {
        ScriptArguments request = ofOwner(keys.sealing(), fence).add(number).add(keys.prefix());
        rows.forEach(row -> request.add(row.key()).add(row.value()));
        return calls.run(
                Script.SEGMENT_PREPARE,
                request,
                reply -> isDone(reply) ? written("prepared") : null,
                SegmentRecords::isDone);
    }

    /** Answered like {@link #prepare}: what is sealed may be removed. */
    CompletionStage<Boolean> seal(long fence, Segment segment) {
        String number = Long.toString(segment.number());
        ScriptArguments request = ofOwner(keys.ledger(), fence)
                .add(number)
                .add(segment.text() + " " + segment.hash())
                .add(segment.before())
                .add(segment.first())
                .add(segment.last())
                .add(segment.changes());
        return calls.run(
                Script.SEGMENT_SEAL, request, reply -> isDone(reply) ? written(number) : null, SegmentRecords::isDone);
    }

    private ReplicaAcks.Written written(String field) {
        return new ReplicaAcks.Written(keys.segments(), ReplicaAcks.Kind.HASH, field);
    }

    CompletionStage<Boolean> tidy(long fence, int max) {
        ScriptArguments request =
                ofOwner(keys.sealing(), fence).add(Math.min(max, AT_ONCE_MAX)).add(keys.prefix());
        return calls.run(Script.SEGMENT_TIDY, request, SegmentRecords::isDone);
    }

    /** By Redis' clock, or the caller's if that is behind. */
    CompletionStage<Removal> removeEntries(long fence, long through, long keptMillis, long nowMillis, int max) {
        ScriptArguments request = ofOwner(keys.ledger(), fence)
                .add(through)
                .add(keptMillis)
                .add(nowMillis)
                .add(Math.max(1, Math.min(max, AT_ONCE_MAX)))
                .add(SegmentStore.REMOVED_KEPT);
        return calls.run(
                Script.SEGMENT_REMOVE, request, reply -> new Removal((int) reply.number(0), reply.number(1) == 1));
    }

    /** @param used the third key of the script */
    private ScriptArguments ofOwner(String used, long fence) {
        return ScriptArguments.of(keys.fence(LeaseKey.ARCHIVE), keys.segments(), used, keys.meta())
                .add(fence);
    }

    private static boolean isDone(ScriptReply reply) {
        return reply.number(0) == 1;
    }
}
