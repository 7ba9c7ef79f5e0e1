package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A set of ids does what any set does, and removing many costs in proportion to how many they are. */
final class IdSetTest {
    private static final int MANY = 4_096;

    /** Counts how often an entry is read or written. */
    private static final class CountedIds extends Ids {
        long touched;

        @Override
        void add(int id) {
            touched++;
            super.add(id);
        }

        @Override
        int get(int index) {
            touched++;
            return super.get(index);
        }

        @Override
        void set(int index, int id) {
            touched++;
            super.set(index, id);
        }
    }

    @Test
    void removingThousandsTouchesOnlyAFewEntriesForEach() {
        CountedIds entries = new CountedIds();
        IdSet set = new IdSet(entries);
        for (int id = 1; id <= MANY; id++) {
            set.add(id);
        }
        entries.touched = 0;

        for (int id = 1; id <= MANY; id++) {
            set.remove(id);
        }

        assertThat(set.size()).isZero();
        assertThat(entries.touched).isLessThanOrEqualTo(2 * MANY);
    }

    @Test
    void doesWhatAnySetDoes() {
        Random random = new Random(7);
        IdSet set = new IdSet();
        TreeSet<Integer> expected = new TreeSet<>();
        for (int i = 0; i < 20_000; i++) {
            int id = random.nextInt(100);
            switch (random.nextInt(20)) {
                case 0 -> {
                    set.sort();
                    int index = 0;
                    for (int next : expected) {
                        assertThat(set.get(index++)).isEqualTo(next);
                    }
                }
                case 1 -> {
                    if (random.nextInt(50) == 0) {
                        set.clear();
                        expected.clear();
                    }
                }
                case 2, 3, 4, 5, 6, 7, 8, 9, 10 -> {
                    set.remove(id);
                    expected.remove(id);
                }
                default -> {
                    set.add(id);
                    expected.add(id);
                }
            }
            assertThat(set.size()).isEqualTo(expected.size());
            assertThat(set.has(id)).isEqualTo(expected.contains(id));
        }
    }
}
