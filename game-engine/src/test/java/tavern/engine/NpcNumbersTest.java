package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Numbers of NPCs are taken again a tick after they were given back, and that costs the same however many there are. */
final class NpcNumbersTest {
    private static final int FIRST = 101;
    private static final int MANY = 4_096;

    /** Counts how often a value is put on it or taken from it. */
    private static final class CountedStack extends IntStack {
        long touched;

        @Override
        void push(int value) {
            touched++;
            super.push(value);
        }

        @Override
        int pop() {
            touched++;
            return super.pop();
        }
    }

    @Test
    void aTickThatRemovesAndSpawnsThousandsTouchesOnlyAFewNumbersForEach() {
        CountedStack free = new CountedStack();
        CountedStack freed = new CountedStack();
        NpcNumbers numbers = new NpcNumbers(FIRST, 2 * MANY, free, freed);
        for (int i = 0; i < 2 * MANY; i++) {
            assertThat(numbers.take()).isEqualTo(FIRST + i);
        }
        for (int i = 0; i < MANY; i++) {
            numbers.giveBack(FIRST + i);
        }
        numbers.begin();
        free.touched = 0;
        freed.touched = 0;

        for (int i = 0; i < MANY; i++) {
            numbers.giveBack(FIRST + MANY + i);
            assertThat(numbers.take()).isBetween(FIRST, FIRST + MANY - 1);
        }

        assertThat(numbers.take()).isZero();
        assertThat(free.touched + freed.touched).isLessThanOrEqualTo(2 * MANY);
    }

    @Test
    void aNumberIsFreeFromTheNextTickOnAndTheLastOneIsTakenFirst() {
        NpcNumbers numbers = new NpcNumbers(FIRST, 2, new IntStack(), new IntStack());
        assertThat(numbers.take()).isEqualTo(FIRST);
        assertThat(numbers.take()).isEqualTo(FIRST + 1);
        numbers.giveBack(FIRST + 1);
        numbers.giveBack(FIRST);
        assertThat(numbers.take()).isZero();

        numbers.begin();

        assertThat(numbers.take()).isEqualTo(FIRST);
        assertThat(numbers.take()).isEqualTo(FIRST + 1);
        assertThat(numbers.take()).isZero();
    }

    @Test
    void afterARestoreTheLowestThatIsFreeIsTakenFirst() {
        NpcNumbers numbers = new NpcNumbers(FIRST, 5);
        numbers.use(FIRST + 3);
        numbers.use(FIRST + 1);
        numbers.freeUnless(number -> number == FIRST + 3 || number == FIRST + 1);

        assertThat(numbers.take()).isEqualTo(FIRST);
        assertThat(numbers.take()).isEqualTo(FIRST + 2);
        assertThat(numbers.take()).isEqualTo(FIRST + 4);
        assertThat(numbers.take()).isZero();
    }
}
