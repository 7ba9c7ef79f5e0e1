package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.engine.RoomBench.ANN;
import static tavern.engine.RoomBench.START;

import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.game.RoomId;

final class TimersAndSignalsTest {
    @Test
    void timersRunInTheOrderOfTheirTimes() {
        RoomBench bench = RoomBench.open("due", "add $who").with(ANN);
        bench.says(ANN, "timer c 200;timer b 100;timer a 100;timer d 50;stop d");
        assertThat(bench.lastCommit().dueMillis()).isEqualTo(START + 100);
        bench.commitAll();
        assertThat(bench.room.dueMillis()).isEqualTo(START + 100);
        bench.passes(99);
        assertThat(bench.room.pending()).isEmpty();
        bench.passes(200);
        assertThat(bench.lastCommit().dueMillis()).isEqualTo(START + 200 + EngineLimits.ABSENCE_MILLIS_MAX);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("a,b,c");
    }

    @Test
    void aTimerDoesNotRunAgainBeforeItsTurnIsDecided() {
        RoomBench bench = RoomBench.open("due", "addNow;timer t 10").with(ANN);
        bench.says(ANN, "timer t 10");
        bench.passes(100);
        assertThat(bench.room.pending()).hasSize(2);
        bench.commitAll();
        bench.passes(0);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo((START + 10) + "," + (START + 100));
    }

    @Test
    void aTimerThatSetsItselfForNowLetsTheTimePass() {
        RoomBench bench = RoomBench.open("due", "timer t 0").with(ANN);
        bench.says(ANN, "timer t 0");
        bench.commitAll();
        assertThat(bench.room.dueMillis()).isEqualTo(START + 1);
    }

    @Test
    void aTimerThatFailsIsTriedAgainLaterAndHoldsUpNoOther() {
        RoomBench bench =
                RoomBench.open("due:bad", "throw", "due:good", "add good").with(ANN);
        bench.says(ANN, "timer bad 10;timer good 20");
        bench.commitAll();
        bench.heard();
        bench.passes(10);
        assertThat(bench.heard()).containsExactly("failed: timer bad");
        bench.passes(10);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("good");
        assertThat(bench.room.dueMillis()).isEqualTo(START + 10 + 1_000);
        bench.passes(1_000);
        assertThat(bench.room.dueMillis()).isEqualTo(START + 10 + 1_000 + 2_000);
        bench.passes(600_000);
        assertThat(bench.heard().size()).isBetween(10, 20);

        bench.says(ANN, "timer bad 5");
        bench.commitAll();
        assertThat(bench.room.dueMillis()).isEqualTo(bench.now + 5);
    }

    @Test
    void aTimerWhoseCommitIsRefusedStaysSet() {
        RoomBench bench = RoomBench.open("due", "add due;take @bank gold 1").with(ANN);
        bench.says(ANN, "timer t 10");
        bench.commitAll();
        bench.heard();
        bench.passes(10);
        bench.says(ANN, "add a");
        bench.refuseNext();
        assertThat(bench.heard()).containsExactly("failed: timer t");
        assertThat(bench.lastKept().getTimersList()).hasSize(1);
        bench.commitAll();
        bench.passes(1_000);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("a,due");
    }

    @Test
    void aTimerThatATurnBeforeItHasStoppedDoesNotRun() {
        RoomBench bench =
                RoomBench.open("due:a", "add a;stop b", "due:b", "add b").with(ANN);
        bench.says(ANN, "timer a 10;timer b 10");
        bench.commitAll();
        bench.passes(10);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("a");
        assertThat(bench.room.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void timersOutliveACrash() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "timer t 10");
        Commit last = bench.lastCommit();
        RoomBench next = new RoomBench("due", "add due");
        next.add(next.room.restore(last.revision(), last.room(), START + 500));
        next.now = START + 500;
        assertThat(next.room.dueMillis()).isEqualTo(START + 10);
        next.passes(0);
        next.commitAll();
        assertThat(next.view()).isEqualTo("due");
    }

    @Test
    void aSignalIsDoneOnceAndInOrder() {
        RoomBench bench = RoomBench.open();
        bench.signals("other", 1, "add one");
        bench.signals("other", 1, "add one");
        bench.signals("third", 1, "add third");
        assertThat(bench.room.knows(new RoomId("other"), 1)).isFalse();
        Commit last = bench.lastCommit();
        bench.commitAll();
        assertThat(bench.room.knows(new RoomId("other"), 1)).isTrue();
        assertThat(bench.view()).isEqualTo("one,third");

        RoomBench next = new RoomBench();
        next.add(next.room.restore(last.revision(), last.room(), START));
        next.signals("other", 1, "add one");
        next.signals("other", 2, "add two");
        next.commitAll();
        assertThat(next.view()).isEqualTo("one,third,two");
    }

    @Test
    void aSignalThatFailsHoldsUpThoseOfItsSenderOnly() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "add bad");
        bench.signals("other", 1, "throwIf bad;add one");
        bench.signals("other", 2, "add two");
        bench.signals("other", 2, "add two");
        bench.signals("third", 1, "add third");
        bench.says(ANN, "fill 0");
        bench.commitAll();
        assertThat(bench.view()).isEmpty();
        assertThat(bench.room.dueMillis()).isEqualTo(START + 1_000);
        bench.passes(1_000);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("one,two");
        assertThat(bench.room.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theOrderOfASenderIsKeptWhenACommitIsRefused() {
        RoomBench bench = RoomBench.open();
        bench.signals("other", 1, "add one;take @bank gold 1");
        bench.signals("other", 2, "add two");
        bench.refuseNext();
        assertThat(bench.room.pending()).isEmpty();
        bench.signals("other", 3, "add three");
        bench.passes(1_000);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("one,two,three");
    }

    @Test
    void aSignalThatAlwaysFailsIsDroppedAfterEightTimes() {
        RoomBench bench = RoomBench.open();
        bench.signals("other", 1, "throw");
        bench.signals("other", 2, "add two");
        bench.passes(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 32_000);
        assertThat(bench.room.knows(new RoomId("other"), 1)).isFalse();
        bench.passes(60_000);
        bench.commitAll();
        assertThat(bench.heard())
                .hasSize(8)
                .endsWith("failed: signal 1 of room other, which is dropped after 8 failures");
        bench.passes(60_000);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("two");
        assertThat(bench.room.knows(new RoomId("other"), 2)).isTrue();
    }

    @Test
    void signalsOfARoomThatWasForgottenAndIsOpenedAnewAreNotTakenForOldOnes() {
        RoomBench first = RoomBench.open().with(ANN);
        first.says(ANN, "signal other add_old;signal other add_old");
        first.commitAll();
        RoomBench second = new RoomBench();
        second.now = START + 1;
        second.begin().with(ANN);
        second.says(ANN, "signal other add_new");
        second.commitAll();

        RoomBench other = RoomBench.open();
        for (RoomBench sender : List.of(first, second)) {
            for (Output output : sender.out) {
                if (output instanceof Output.Signal signal) {
                    other.add(other.room.signalled(new RoomId("sender"), signal.number(), signal.what(), START));
                }
            }
        }
        other.commitAll();
        assertThat(other.view()).isEqualTo("old,old,new");
    }

    @Test
    void aRoomIsDueWithinAnHourWhileSomebodyIsInIt() {
        RoomBench bench = RoomBench.open();
        bench.join(ANN);
        assertThat(bench.lastCommit().dueMillis()).isEqualTo(START + 3_600_000);
        bench.now += 5;
        bench.says(ANN, "timer t 4000000");
        assertThat(bench.lastCommit().dueMillis()).isEqualTo(START + 5 + 3_600_000);
        bench.says(ANN, "timer t 50");
        assertThat(bench.lastCommit().dueMillis()).isEqualTo(START + 5 + 50);
        bench.says(ANN, "stop t");
        Commit last = bench.lastCommit();
        bench.add(bench.room.left(ANN.id(), bench.now));
        assertThat(bench.lastCommit().dueMillis()).isEqualTo(Long.MAX_VALUE);

        RoomBench next = new RoomBench();
        next.add(next.room.restore(last.revision(), last.room(), last.dueMillis()));
        assertThat(next.lastCommit().dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void signalsBeyondTheBoundAreNotTakenAndMayBeRepeated() {
        RoomBench bench = new RoomBench(new EngineLimits(100_000, 1, 100_000, 1, 1_000, 10_000)).begin();
        bench.with(ANN);
        bench.says(ANN, "add a");
        for (int i = 0; i <= EngineLimits.SIGNALS_TAKEN_MAX; i++) {
            bench.signals("s" + i, 1, "add " + i);
            bench.signals("s" + i, 1, "add " + i);
        }
        RoomId first = new RoomId("s0");
        RoomId last = new RoomId("s" + EngineLimits.SIGNALS_TAKEN_MAX);
        bench.commitNext();
        bench.commitNext();
        assertThat(bench.room.knows(first, 1)).isTrue();
        bench.signals("s1", 1, "add 1");
        bench.commitAll();
        assertThat(bench.room.knows(last, 1)).isFalse();
        bench.signals(last.name(), 1, "add last");
        bench.commitAll();
        assertThat(bench.room.knows(last, 1)).isTrue();
        assertThat(bench.view()).startsWith("a,0,1,2,").endsWith(",1022,1023,last");
    }

    @Test
    void signalsWithTooManyBytesAreNotTaken() {
        RoomBench bench = new RoomBench(new EngineLimits(100_000, 1, 100_000, 1, 1_000, 1_000)).begin();
        bench.with(ANN);
        bench.says(ANN, "add a");
        String large = "fill 1" + " ".repeat(EngineLimits.SIGNAL_BYTES_TAKEN_MAX / 4);
        for (int i = 0; i < 4; i++) {
            bench.signals("s" + i, 1, large);
        }
        bench.commitAll();
        assertThat(bench.room.knows(new RoomId("s2"), 1)).isTrue();
        assertThat(bench.room.knows(new RoomId("s3"), 1)).isFalse();
        bench.signals("s3", 1, large);
        bench.commitAll();
        assertThat(bench.room.knows(new RoomId("s3"), 1)).isTrue();
    }

    @Test
    void aSignalIsPutOutUntilItHasArrived() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "signal other hello;signal third hello");
        assertThat(bench.lastCommit().dueMillis()).isLessThanOrEqualTo(START);
        Commit last = bench.lastCommit();
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "signal 1 to other", "signal 2 to third");

        RoomBench next = new RoomBench();
        next.add(next.room.restore(last.revision(), last.room(), START));
        assertThat(next.heard()).containsExactly("signal 1 to other", "signal 2 to third");
        next.commitAll();
        next.add(next.room.arrived(RoomBench.SIGNALS + 1, START));
        next.add(next.room.arrived(RoomBench.SIGNALS + 1, START));
        assertThat(next.lastKept().getSignalsList()).hasSize(1);
        next.commitAll();
        next.add(next.room.arrived(RoomBench.SIGNALS + 2, START));
        assertThat(next.lastCommit().dueMillis()).isEqualTo(Long.MAX_VALUE);
    }
}
