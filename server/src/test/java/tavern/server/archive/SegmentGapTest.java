package tavern.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.store.LedgerEntry;
import tavern.server.store.LedgerPosition;
import tavern.server.store.Segment;

/** Entries that are missing in the ledger are not sealed as if they had never been there. */
final class SegmentGapTest {
    @TempDir
    private Path folder;

    private SegmentWriter writer(String name, String after) throws Exception {
        return new SegmentWriter(folder.resolve(name), 2, Segment.GENESIS, after);
    }

    private static LedgerEntry entry(String position) {
        return new LedgerEntry(position, "trade:" + position, null, 0, 1, List.of(), new TreeMap<>());
    }

    @Test
    void numbersHaveNoGaps() throws Exception {
        try (SegmentWriter writer = writer("whole", "7")) {
            writer.add(entry("8"));
            writer.add(entry("9"));
            assertThatThrownBy(() -> writer.add(entry("11")))
                    .isInstanceOf(UnsoundLedgerException.class)
                    .hasMessageContainingAll("after entry 9", "comes 11");
            writer.finish(List.of(), Segment.GENESIS);
        }
        assertThat(ArchiveFolder.read(folder.resolve("whole")).last()).isEqualTo("9");
        try (SegmentWriter writer = writer("begins-late", "7")) {
            assertThatThrownBy(() -> writer.add(entry("9"))).isInstanceOf(UnsoundLedgerException.class);
        }
    }

    @Test
    void positionsWithTimesOnlyGrow() throws Exception {
        try (SegmentWriter writer = writer("times", "1700000000000-3")) {
            writer.add(entry("1700000000000-5"));
            writer.add(entry("1700000009000-0"));
            assertThatThrownBy(() -> writer.add(entry("1700000009000-0"))).isInstanceOf(UnsoundLedgerException.class);
        }
    }

    @Test
    void whatComesNextDependsOnTheForm() {
        assertThat(LedgerPosition.isNext("1", "")).isTrue();
        assertThat(LedgerPosition.isNext("2", "")).isFalse();
        assertThat(LedgerPosition.isNext("8", "8")).isFalse();
        assertThat(LedgerPosition.isNext("5-0", "")).isTrue();
        assertThat(LedgerPosition.isNext("5-0", "5-1")).isFalse();
    }

    @Test
    void aSegmentDoesNotFollowAfterAGap() throws Exception {
        Segment before = segment(1, Segment.GENESIS, "1", "9");
        assertThat(segment(2, before.hash(), "10", "12").follows(before)).isTrue();
        assertThat(segment(2, before.hash(), "11", "12").follows(before)).isFalse();
    }

    private static Segment segment(long number, String before, String first, String last) {
        String none = Segment.GENESIS;
        return new Segment(number, before, 3, first, last, 1, none, 0, none, none);
    }
}
