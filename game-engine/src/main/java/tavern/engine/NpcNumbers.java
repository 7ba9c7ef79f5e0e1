package tavern.engine;

import java.util.function.IntPredicate;

/**
 * The numbers of a scene's NPCs. One that is given back is free from the next tick on, and the one that became free last is
 * taken first. Each call costs the same, however many numbers there are. Not thread-safe.
 */
final class NpcNumbers {
    private final int first;
    private final int end;
    private final IntStack free;
    private final IntStack freed;

    /** The lowest number that was never used. */
    private int next;

    NpcNumbers(int first, int npcsMax) {
        this(first, npcsMax, new IntStack(), new IntStack());
    }

    /**
     * @param free empty, for those that can be taken
     * @param freed empty, for those that can be taken from the next tick on
     */
    NpcNumbers(int first, int npcsMax, IntStack free, IntStack freed) {
        this.first = first;
        this.end = first + npcsMax;
        this.next = first;
        this.free = free;
        this.freed = freed;
    }

    /** A tick begins. */
    void begin() {
        freed.moveTo(free);
    }

    /** Returns a number that nobody has, or 0 when there is none. */
    int take() {
        if (!free.isEmpty()) {
            return free.pop();
        }
        return next == end ? 0 : next++;
    }

    void giveBack(int number) {
        freed.push(number);
    }

    /** The number is in use, in a scene that begins with what another had. */
    void use(int number) {
        next = Math.max(next, number + 1);
    }

    /** After all that are in use are known: the others below them are free, and the lowest is taken first. */
    void freeUnless(IntPredicate isInUse) {
        for (int number = next - 1; number >= first; number--) {
            if (!isInUse.test(number)) {
                free.push(number);
            }
        }
    }
}
