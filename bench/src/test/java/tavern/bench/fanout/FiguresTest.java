package tavern.bench.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FiguresTest {
    @Test
    void theMedianIsTheMiddleOne() {
        assertThat(Stats.of(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
        assertThat(Stats.of(List.of(4.0, 1.0, 2.0, 9.0)).median()).isEqualTo(3);
        assertThat(Stats.of(List.of(9.0, 1.0, 2.0)).range("%.0f")).isEqualTo("1-9");
    }

    @Test
    void whatWasNotMeasuredIsNoNumber() {
        assertThat(Stats.of(List.of()).median()).isNaN();
        assertThat(Stats.round(Double.NaN, 10)).isNull();
        assertThat(Stats.round(1.26, 10)).isEqualTo(1.3);
    }

    @Test
    void aimsAreMetOrMissedAndThoseWithoutFigureLeftOut() {
        List<Goal> goals = List.of(
                Goal.atMost("cost", 1.2, 1.15),
                Goal.atLeast("players", 0.9, 0.85),
                Goal.atMost("nothing", Double.NaN, 1));
        StringWriter out = new StringWriter();

        Goal.print(new PrintWriter(out, true), goals);
        JsonArray json = Goal.json(goals);

        assertThat(out.toString().lines().skip(2)).hasSize(2);
        assertThat(out.toString()).containsPattern("cost .* missed").containsPattern("players .* met");
        assertThat(json.get(0).getAsJsonObject().get("met").getAsBoolean()).isFalse();
        assertThat(json.get(1).getAsJsonObject().get("atLeast").getAsDouble()).isEqualTo(0.85);
        assertThat(json).hasSize(2);
    }

    @Test
    void anAimThatIsNotJudgedSaysWhy() {
        List<Goal> goals = List.of(Goal.atMost("silence", 4, 2).unjudged("too soon"));
        StringWriter out = new StringWriter();

        Goal.print(new PrintWriter(out, true), goals);

        assertThat(out.toString()).containsPattern("silence .* at most 2.0  not judged: too soon");
        assertThat(Goal.json(goals).get(0).getAsJsonObject().has("met")).isFalse();
    }

    @Test
    void whatWasNotMeasuredIsADash() {
        assertThat(Lines.number("%.1f", Double.NaN)).isEqualTo("-");
        assertThat(Lines.number("%.1f", 1.26)).isEqualTo("1.3");
    }

    @Test
    void memoryIsReadFromWhatJcmdSays() throws IOException {
        String histogram = "   1:  2  48  java.lang.Object\nTotal        1234567       98765432\n";
        String tracked = "-                      Java Heap (reserved=1KB, committed=1KB)\n"
                + "-                          Other (reserved=4105KB, committed=4104KB)\n";

        assertThat(Memory.heapBytes(histogram)).isEqualTo(98_765_432);
        assertThat(Memory.directBytes(tracked)).isEqualTo(4_104 * 1024);
        assertThat(Memory.directBytes("-  Java Heap (reserved=1KB, committed=1KB)"))
                .isZero();
        assertThatThrownBy(() -> Memory.heapBytes("no such process\nat all"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no such process");
    }
}
