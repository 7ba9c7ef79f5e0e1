package tavern.bench.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ScalePlanTest {
    private static final Machines ONE = new Machines(1, 1, 1);
    private static final ExpectedPlay MOVES = new ExpectedPlay(2_000, 20, 10, 0, 0, 1e12, 1e12, 20);

    private static ScalePlan plan(ExpectedPlay play) {
        return new ScalePlan(play, new Machines(16, 0.6, 1), UnitCosts.MEASURED);
    }

    private static ExpectedPlay trading(int players, double tradesPerMinute) {
        return new ExpectedPlay(players, 20, 10, 2, tradesPerMinute, 30, 10, 20);
    }

    /** What {@code bin/bench moves} measured: 1.227 µs for each of 190 updates a second of a player. */
    @Test
    void aPlayerOfTheMeasuredKindCostsWhatWasMeasured() {
        ScalePlan plan = new ScalePlan(MOVES, ONE, UnitCosts.MEASURED);
        assertThat(plan.serverMicros() / 2_000).isCloseTo(1.227 * 190, within(5.0));
        assertThat(plan.serverCores()).isCloseTo(0.466, within(0.02));
    }

    @Test
    void ratesFollowFromWhatPlayersDo() {
        ExpectedPlay play = trading(1_000_000, 0.6);
        assertThat(play.tradesPerSecond()).isEqualTo(5_000);
        assertThat(play.updatesPerSecond()).isEqualTo(190_000_000);
        assertThat(play.loginsPerSecond()).isCloseTo(555.6, within(0.1));
        assertThat(play.chatDeliveriesPerSecond()).isCloseTo(666_667, within(1.0));
        assertThat(play.rooms()).isEqualTo(50_000);
    }

    @Test
    void aRoomInWhichNobodyMovesIsSentNothing() {
        assertThat(new ExpectedPlay(1_000, 20, 0, 0, 0, 30, 10, 20).writesPerSecond())
                .isZero();
        assertThat(MOVES.writesPerSecond()).isCloseTo(40_000, within(1.0));
        assertThat(new ExpectedPlay(1_000, 1, 10, 0, 0, 30, 10, 20).writesPerSecond())
                .isCloseTo(10_000, within(1.0));
    }

    @Test
    void everythingGrowsWithThePlayersExceptTheSpareNode() {
        ScalePlan small = plan(trading(100_000, 0.2));
        ScalePlan large = plan(trading(1_000_000, 0.2));
        assertThat(large.serverCores()).isCloseTo(10 * small.serverCores(), within(0.01));
        assertThat(large.redisMicros()).isCloseTo(10 * small.redisMicros(), within(0.01));
        assertThat(large.nodes() - 1).isBetween(10 * (small.nodes() - 2), 10 * (small.nodes() - 1));
    }

    @Test
    void aRealmIsNeverPlannedFullerThanAskedFor() {
        for (double trades : new double[] {0, 0.2, 5, 60}) {
            ScalePlan plan = plan(trading(1_000_000, trades));
            assertThat(plan.redisShare()).isLessThanOrEqualTo(0.6);
            assertThat((double) plan.playersOfARealm() * plan.realms())
                    .isGreaterThanOrEqualTo(1_000_000 - plan.realms());
        }
        assertThat(plan(trading(1_000_000, 60)).realms())
                .isGreaterThan(plan(trading(1_000_000, 0.2)).realms());
    }

    @Test
    void fasterCoresAreFewer() {
        ExpectedPlay play = trading(1_000_000, 0.2);
        ScalePlan fast = new ScalePlan(play, new Machines(16, 0.6, 2), UnitCosts.MEASURED);
        assertThat(fast.serverCores()).isCloseTo(plan(play).serverCores() / 2, within(0.01));
    }

    @Test
    void theCommandPrintsATableAndRefusesNonsense() {
        StringWriter out = new StringWriter();
        CommandLine line = new CommandLine(new PlanCommand());
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(new StringWriter()));
        assertThat(line.execute("--players", "1000000", "--cores", "8")).isZero();
        assertThat(out.toString())
                .contains("1,000,000 players", "cores of servers", "realms", "nothing of this size was run");
        assertThat(line.execute("--share", "1.5")).isEqualTo(2);
        assertThat(line.execute("--players", "0")).isEqualTo(2);
    }
}
