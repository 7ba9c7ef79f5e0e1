package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class MoveSlotTest {
    private static final int MOVES = 200_000;

    private final DirtyFlag dirty = new DirtyFlag();
    private final MoveSlot slot = new MoveSlot(dirty);
    private volatile int seen;
    private volatile boolean torn;

    @Test
    void theNewestMoveIsTakenOnce() {
        List<Integer> taken = new ArrayList<>();
        slot.put(1, 10, 20);
        slot.put(2, 11, 21);
        assertThat(dirty.take()).isTrue();
        slot.take((seq, x, y) -> taken.addAll(List.of(seq, x, y)));
        slot.take((seq, x, y) -> taken.add(seq));
        assertThat(taken).containsExactly(2, 11, 21);
        assertThat(dirty.take()).isFalse();
    }

    /** Each move is waited for: one that the room overlooks would never be taken. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void noMoveIsOverlookedHoweverThreadsMeet() throws InterruptedException {
        Thread room = new Thread(this::takeAll, "room");
        room.start();
        for (int move = 1; move <= MOVES; move++) {
            slot.put(move, move * 3, move * 5);
            while (seen != move) {
                assertThat(room.isAlive()).isTrue();
                Thread.onSpinWait();
            }
        }
        room.join();
        assertThat(torn).isFalse();
    }

    private void takeAll() {
        while (seen < MOVES && !Thread.currentThread().isInterrupted()) {
            if (dirty.take()) {
                slot.take((seq, x, y) -> {
                    torn |= x != seq * 3 || y != seq * 5;
                    seen = seq;
                });
            }
        }
    }
}
