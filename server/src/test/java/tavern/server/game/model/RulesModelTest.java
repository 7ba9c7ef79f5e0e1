package tavern.server.game.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.RoomRules;
import tavern.server.game.TestGame;

/** Long random schedules against a simple model. Set another first seed with {@code -Dtavern.model.seed=…}. */
class RulesModelTest {
    private static final long FIRST_SEED = Long.getLong("tavern.model.seed", 20_261_123L);
    private static final int SEEDS = 20;
    private static final int STEPS = 3_000;

    @Test
    void longRandomSchedulesAgreeWithTheModelAndReachAllEnds() {
        Map<TradeOutcome, Integer> outcomes = new TreeMap<>();
        Map<ErrorCode, Integer> refusals = new TreeMap<>();
        int retries = 0;
        int repeatsFound = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            World.Run run = playOrExplain(TestGame::rules, seed);
            run.outcomes().forEach((outcome, count) -> outcomes.merge(outcome, count, Integer::sum));
            run.refusals().forEach((code, count) -> refusals.merge(code, count, Integer::sum));
            retries += run.retries();
            repeatsFound += run.repeatsFound();
        }
        String reached = outcomes + " " + refusals + " retries=" + retries + " repeatsFound=" + repeatsFound;
        int settled = outcomes.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(settled).as(reached).isGreaterThan(SEEDS * 100);
        assertThat(share(outcomes, TradeOutcome.COMMITTED, settled)).as(reached).isGreaterThan(0.2);
        assertThat(share(outcomes, TradeOutcome.DECLINED, settled)).as(reached).isGreaterThan(0.05);
        assertThat(share(outcomes, TradeOutcome.CANCELLED, settled)).as(reached).isGreaterThan(0.05);
        assertThat(share(outcomes, TradeOutcome.EXPIRED, settled)).as(reached).isGreaterThan(0.01);
        assertThat(outcomes).as(reached).containsKey(TradeOutcome.FAILED);
        assertThat(refusals)
                .as(reached)
                .containsKeys(
                        ErrorCode.TRADE_BUSY,
                        ErrorCode.TRADE_ID_REUSED,
                        ErrorCode.TRADE_INSUFFICIENT,
                        ErrorCode.TRADE_BAD_AMOUNT,
                        ErrorCode.TRADE_BAD_GOODS,
                        ErrorCode.TRADE_BAD_PARTNER,
                        ErrorCode.TRADE_NOT_FOUND,
                        ErrorCode.TRADE_TOO_MANY,
                        ErrorCode.UNAVAILABLE,
                        ErrorCode.NOT_IN_ROOM);
        assertThat(retries).as(reached).isGreaterThan(SEEDS);
        assertThat(repeatsFound).as(reached).isGreaterThan(SEEDS);
    }

    @Test
    void theSameScheduleGivesTheSameEffectsAndTheSameState() {
        List<Step> steps = Schedules.draw(FIRST_SEED, STEPS);

        assertThat(World.play(TestGame::rules, steps).log())
                .isEqualTo(World.play(TestGame::rules, steps).log());
    }

    @Test
    void rulesThatCommitWhatWasDeclinedAreFoundAndShrunkToAFewSteps() {
        List<Step> failing = Schedules.draw(FIRST_SEED, STEPS);

        String problem = violation(CommittingDeclined::new, failing);
        List<Step> shrunk = Shrinker.shrink(failing, steps -> violation(CommittingDeclined::new, steps) != null);

        assertThat(problem).contains("did not accept");
        // Two joins, an offer, the store's answer, and the decline.
        assertThat(shrunk).as(asLines(shrunk)).hasSize(5);
        assertThat(violation(CommittingDeclined::new, shrunk)).contains("did not accept");
    }

    @Test
    void rulesThatForgetAnAnswerAreFound() {
        assertThat(violation(MutedRefusals::new, Schedules.draw(FIRST_SEED, STEPS)))
                .contains("never answered");
    }

    private static World.Run playOrExplain(Supplier<RoomRules> rules, long seed) {
        List<Step> steps = Schedules.draw(seed, STEPS);
        try {
            return World.play(rules, steps);
        } catch (RuntimeException problem) {
            List<Step> shrunk = Shrinker.shrink(steps, shorter -> violation(rules, shorter) != null);
            throw new AssertionError(
                    "seed " + seed + ": " + violation(rules, shrunk) + "\n" + asLines(shrunk), problem);
        }
    }

    private static @Nullable String violation(Supplier<RoomRules> rules, List<Step> steps) {
        try {
            World.play(rules, steps);
            return null;
        } catch (RuntimeException problem) {
            return problem.toString();
        }
    }

    private static String asLines(List<Step> steps) {
        return steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
    }

    private static double share(Map<TradeOutcome, Integer> outcomes, TradeOutcome outcome, int settled) {
        return outcomes.getOrDefault(outcome, 0) / (double) settled;
    }
}
