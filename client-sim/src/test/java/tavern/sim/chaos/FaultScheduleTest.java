package tavern.sim.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
    private static final Duration TIME = Duration.ofMinutes(3);
    private static final int LEASE_MILLIS = 3_000;

    private static List<Fault> of(long seed) {
        return FaultSchedule.of(seed, TIME, 3, LEASE_MILLIS);
    }

    @Test
    void aSeedGivesTheSameFaultsEachTimeAndAnotherSeedGivesOthers() {
        assertThat(of(7)).isEqualTo(of(7)).isNotEqualTo(of(8)).hasSizeGreaterThan(30);
    }

    @Test
    void eachKindComesAndPausesAreLongerThanALease() {
        Set<FaultKind> seen = EnumSet.noneOf(FaultKind.class);
        for (long seed = 1; seed <= 20; seed++) {
            for (Fault fault : of(seed)) {
                seen.add(fault.kind());
                assertThat(!fault.kind().outlastsLease() || fault.millis() > LEASE_MILLIS)
                        .as(fault.toString())
                        .isTrue();
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(Arrays.asList(FaultKind.values()));
    }

    @Test
    void aRollingRestartBeginsWhenAllAreWellAndIsTheOnlyFaultUntilItsEnd() {
        int rolls = 0;
        for (long seed = 1; seed <= 20; seed++) {
            List<Fault> faults = of(seed);
            for (Fault roll : faults) {
                if (roll.kind() != FaultKind.ROLL) {
                    continue;
                }
                rolls++;
                long end = roll.atMillis() + 3L * FaultSchedule.ROLL_MILLIS_EACH;
                assertThat(end).as("seed %d: %s", seed, roll).isLessThan(TIME.toMillis());
                assertThat(faults)
                        .as("seed %d: %s", seed, roll)
                        .allMatch(other -> other == roll
                                || other.kind() == FaultKind.CLOCK
                                || other.atMillis() + other.millis() <= roll.atMillis()
                                || other.atMillis() >= end);
            }
        }
        assertThat(rolls).isPositive();
    }

    @Test
    void faultsOfOneServerDoNotOverlapAndAreOverBeforeTheEnd() {
        for (long seed = 1; seed <= 20; seed++) {
            long[] until = new long[4];
            for (Fault fault : of(seed)) {
                if (fault.kind() == FaultKind.CLOCK) {
                    continue;
                }
                assertThat(fault.atMillis()).as("seed %d: %s", seed, fault).isGreaterThanOrEqualTo(until[fault.node()]);
                until[fault.node()] = fault.atMillis() + fault.millis();
                if (fault.kind() != FaultKind.PAUSE) {
                    assertThat(until[fault.node()])
                            .as("seed %d: %s", seed, fault)
                            .isLessThan(TIME.toMillis());
                }
            }
        }
    }

    @Test
    void clocksAreAheadAndBehindAndRightAgainBeforeTheyAreWrongAnew() {
        int ahead = 0;
        int behind = 0;
        for (long seed = 1; seed <= 20; seed++) {
            long[] until = new long[4];
            for (Fault fault : of(seed)) {
                if (fault.kind() != FaultKind.CLOCK) {
                    continue;
                }
                assertThat(fault.atMillis()).as("seed %d: %s", seed, fault).isGreaterThan(until[fault.node()]);
                until[fault.node()] = fault.atMillis() + fault.millis();
                assertThat(until[fault.node()]).as("seed %d: %s", seed, fault).isLessThan(TIME.toMillis());
                assertThat(Math.abs(fault.byMillis()))
                        .as("seed %d: %s", seed, fault)
                        .isBetween(100, 120_000);
                ahead += fault.byMillis() > 0 ? 1 : 0;
                behind += fault.byMillis() < 0 ? 1 : 0;
            }
        }
        assertThat(ahead).isPositive();
        assertThat(behind).isPositive();
    }
}
