package tavern.server.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static tavern.server.store.Realm.await;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tavern.game.AccountId;
import tavern.game.Mint;
import tavern.game.PlayerId;

/**
 * The next segment of a store's ledger and the rows that it changes, worked out in the plainest way.
 *
 * @param rows in the order of their keys
 */
public record SegmentDraft(Segment segment, List<CheckpointRow> rows) {
    /** @param max how many entries at most, of those that are not sealed; there must be one */
    public static SegmentDraft next(Store store, int max) {
        Optional<Segment> newest = await(store.newestSegment());
        List<LedgerEntry> entries = await(store.ledger(newest.map(Segment::last).orElse(""), max));
        Map<String, String> before = valuesOf(allRows(store));
        Map<String, String> after = new HashMap<>(before);
        entries.forEach(entry -> entry.legs().forEach(leg -> post(leg, after)));
        List<CheckpointRow> rows = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        for (String key : keys) {
            String value = after.getOrDefault(key, CheckpointRow.NONE);
            if (!value.equals(before.getOrDefault(key, CheckpointRow.NONE))) {
                rows.add(new CheckpointRow(key, value));
            }
        }
        Segment segment = new Segment(
                newest.map(Segment::number).orElse(0L) + 1,
                newest.map(Segment::hash).orElse(Segment.GENESIS),
                entries.size(),
                entries.get(0).position(),
                entries.get(entries.size() - 1).position(),
                entries.stream().mapToLong(LedgerEntry::atMillis).max().orElseThrow(),
                hash(entries.stream().map(LedgerLine::of)),
                rows.size(),
                hash(rows.stream().map(CheckpointRow::line)),
                digest(after));
        return new SegmentDraft(segment, rows);
    }

    /** The same with another record. */
    SegmentDraft as(Segment other) {
        return new SegmentDraft(other, rows);
    }

    public boolean prepare(Store store, long fence) {
        boolean isPrepared = true;
        for (int from = 0; from < rows.size(); from += 3) {
            List<CheckpointRow> some = rows.subList(from, Math.min(rows.size(), from + 3));
            isPrepared &= await(store.prepare(fence, segment.number(), some));
        }
        return isPrepared;
    }

    public boolean seal(Store store, long fence) {
        return await(store.seal(fence, segment));
    }

    /** Seals the next segment, and leaves nothing to tidy. */
    public static Segment sealNext(Store store, long fence, int max) {
        SegmentDraft draft = next(store, max);
        if (!draft.prepare(store, fence) || !draft.seal(store, fence)) {
            throw new IllegalStateException(draft + " was not sealed");
        }
        tidy(store, fence);
        return draft.segment();
    }

    public static void tidy(Store store, long fence) {
        int steps = 0;
        while (await(store.tidy(fence, 2))) {
            if (++steps > 10_000) {
                throw new IllegalStateException("tidying comes to no end");
            }
        }
    }

    public static List<CheckpointRow> allRows(SegmentStore store) {
        List<CheckpointRow> rows = new ArrayList<>();
        String next = "";
        do {
            CheckpointPage page = await(store.checkpoint(next, 5));
            rows.addAll(page.rows());
            next = page.next();
        } while (!next.isEmpty());
        return rows;
    }

    /** @throws IllegalStateException when a row is there twice */
    public static Map<String, String> valuesOf(List<CheckpointRow> rows) {
        Map<String, String> values = new TreeMap<>();
        for (CheckpointRow row : rows) {
            if (values.put(row.key(), row.value()) != null) {
                throw new IllegalStateException("twice: " + row);
            }
        }
        return values;
    }

    public static String digest(Map<String, String> values) {
        CheckpointDigest digest = CheckpointDigest.empty();
        values.forEach((key, value) -> digest.add(new CheckpointRow(key, value)));
        return digest.text();
    }

    private static void post(LedgerLeg leg, Map<String, String> values) {
        leg.stacks().forEach((kind, count) -> {
            add(values, CheckpointRow.keyOfCount(leg.from(), kind), -count);
            add(values, CheckpointRow.keyOfCount(leg.to(), kind), count);
        });
        Map<Long, String> items = new TreeMap<>(leg.items());
        items.putAll(leg.made());
        items.forEach((item, told) -> {
            String key = CheckpointRow.keyOfItem(item);
            String before = values.remove(key);
            String kind = told.isEmpty() && before != null ? before.substring(before.indexOf(' ') + 1) : told;
            countItem(values, leg.from(), -1);
            countItem(values, leg.to(), 1);
            if (leg.to() instanceof PlayerId owner) {
                values.put(key, CheckpointRow.item(owner.value(), kind));
            }
        });
    }

    private static void countItem(Map<String, String> values, AccountId account, long more) {
        if (account instanceof Mint mint) {
            add(values, CheckpointRow.keyOfItems(mint), more);
        }
    }

    private static void add(Map<String, String> values, String key, long more) {
        BigInteger sum = new BigInteger(values.getOrDefault(key, CheckpointRow.NONE)).add(BigInteger.valueOf(more));
        if (sum.signum() == 0) {
            values.remove(key);
        } else {
            values.put(key, sum.toString());
        }
    }

    private static String hash(Stream<String> lines) {
        MessageDigest hash = Segment.sha256();
        lines.forEach(line -> hash.update((line + "\n").getBytes(US_ASCII)));
        return Segment.hex(hash.digest());
    }
}
