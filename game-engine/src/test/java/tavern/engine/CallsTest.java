package tavern.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static tavern.engine.RoomBench.ANN;
import static tavern.engine.RoomBench.START;

import com.google.protobuf.StringValue;
import org.junit.jupiter.api.Test;
import tavern.engine.kept.KeptCall;
import tavern.engine.kept.KeptRoom;
import tavern.game.Reply;

final class CallsTest {
    private static Reply ok(String text) {
        return new Reply.Ok(StringValue.of(text).toByteString());
    }

    private static void answers(RoomBench bench, KeptCall call, Reply reply) {
        bench.add(bench.room.answered(call.getNumber(), reply, bench.now));
    }

    @Test
    void aServiceIsCalledWhenTheTurnIsDurableAndAnsweredOnce() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "call bank pay 5;add asked");
        assertThat(bench.heard()).isEmpty();
        KeptCall call = bench.lastKept().getCalls(0);
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("done 1", "call bank pay: 5");

        answers(bench, call, ok("paid"));
        answers(bench, call, ok("paid again"));
        assertThat(bench.lastKept().getCallsList()).isEmpty();
        bench.commitAll();
        answers(bench, call, ok("paid again"));
        assertThat(bench.room.pending()).isEmpty();
        assertThat(bench.view()).isEqualTo("asked,pay=paid");
    }

    @Test
    void aTurnThatFailsCallsNobody() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "call bank pay 5;throw");
        bench.says(ANN, "call bank pay 5;take @nobody gold 1");
        bench.refuseNext();
        assertThat(bench.heard()).containsExactly("broken 1", "refused 2 TRADE_INSUFFICIENT");
    }

    @Test
    void aCallIsMadeAgainAfterACrashUntilItsAnswerIsDurable() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "call bank pay 5");
        Commit asked = bench.lastCommit();
        assertThat(asked.dueMillis()).isEqualTo(START);
        bench.commitAll();
        KeptCall call = RoomBench.kept(asked).getCalls(0);
        answers(bench, call, ok("lost with the crash"));

        RoomBench next = new RoomBench();
        next.add(next.room.restore(asked.revision(), asked.room(), START));
        assertThat(next.heard()).containsExactly("call bank pay: 5");
        answers(next, call, new Reply.Failed(Reply.Cause.TIMED_OUT, ""));
        Commit answered = next.lastCommit();
        next.commitAll();
        assertThat(next.view()).isEqualTo("pay=TIMED_OUT");

        RoomBench last = new RoomBench();
        last.add(last.room.restore(answered.revision(), answered.room(), START));
        assertThat(last.heard()).isEmpty();
    }

    @Test
    void noNumberIsUsedAgainAfterABackupWasRestored() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "call bank first 1");
        Commit backup = bench.lastCommit();
        bench.commitAll();
        bench.now += 10;
        bench.says(ANN, "call bank second 2");
        long second = bench.lastKept().getCalls(1).getNumber();

        RoomBench next = new RoomBench();
        next.now = bench.now + 1;
        next.add(next.room.restore(backup.revision(), backup.room(), next.now));
        next.with(ANN);
        next.says(ANN, "call bank third 3;call bank fourth 4");
        KeptRoom kept = next.lastKept();
        assertThat(kept.getCalls(1).getNumber()).isGreaterThan(second);
        assertThat(kept.getCalls(2).getNumber()).isGreaterThan(kept.getCalls(1).getNumber());
    }

    @Test
    void anAnswerWhoseTurnFailsIsTriedAgainAndHoldsUpNoOther() {
        RoomBench bench = RoomBench.open("answered", "throwIf bad").with(ANN);
        bench.says(ANN, "add bad;call bank a 1;call bank b 2");
        KeptRoom kept = bench.lastKept();
        bench.commitAll();
        bench.heard();
        answers(bench, kept.getCalls(0), ok("x"));
        assertThat(bench.heard())
                .containsExactly(
                        "failed: the answer to call " + kept.getCalls(0).getNumber());
        assertThat(bench.room.dueMillis()).isEqualTo(START + 1_000);
        assertThat(bench.room.isSettling()).isFalse();
        assertThat(bench.room.isRetryingAnswers()).isTrue();
        assertThat(bench.room.summary().calls()).isEqualTo(2);
        bench.says(ANN, "fill 0");
        answers(bench, kept.getCalls(1), ok("y"));
        bench.commitAll();
        bench.passes(1_000);
        bench.commitAll();
        assertThat(bench.view()).isEqualTo("b=y,a=x");
        assertThat(bench.room.isRetryingAnswers()).isFalse();
        assertThat(bench.room.summary().calls()).isZero();
        assertThat(bench.room.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anAnswerThatAlwaysFailsIsDroppedAfterEightTimes() {
        RoomBench bench = RoomBench.open("answered", "throw").with(ANN);
        bench.says(ANN, "call bank a 1");
        KeptCall call = bench.lastKept().getCalls(0);
        bench.commitAll();
        bench.heard();
        answers(bench, call, ok("x"));
        bench.passes(1_000 + 2_000 + 4_000 + 8_000 + 16_000 + 32_000 + 60_000);
        assertThat(bench.heard())
                .hasSize(8)
                .endsWith("failed: the answer to call " + call.getNumber() + ", which is dropped after 8 failures");
        assertThat(bench.lastKept().getCallsList()).isEmpty();
        bench.commitAll();
        assertThat(bench.room.dueMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void callsAreBounded() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "call bank a 1;".repeat(EngineLimits.CALLS_MAX));
        bench.commitAll();
        bench.heard();
        bench.says(ANN, "call bank a 1");
        assertThat(bench.heard()).containsExactly("broken 2");

        RoomBench other = RoomBench.open().with(ANN);
        String half = "x".repeat(EngineLimits.CALL_BYTES_MAX / 2);
        other.says(ANN, "call bank a " + half);
        other.says(ANN, "call bank a " + half);
        other.commitAll();
        assertThat(other.heard()).contains("done 1", "broken 2");
    }

    @Test
    void namesAreChecked() {
        RoomBench bench = RoomBench.open().with(ANN);
        bench.says(ANN, "call a/b pay 1");
        bench.says(ANN, "call bank pay\r\n 1");
        bench.commitAll();
        assertThat(bench.heard()).containsExactly("broken 1", "broken 2");
    }
}
