/**
 * Faults by a seed, on a realm on which bots play: {@code bin/chaos}.
 *
 * <pre>
 *   seed ──► FaultSchedule ──► ChaosRun ──► servers, proxies, services       bots ──► logs ──► tavern.sim.check
 * </pre>
 *
 * The schedule is computed before anything happens, so that a seed gives the same faults at the same times; what they meet
 * differs from run to run.
 */
@NullMarked
package tavern.sim.chaos;

import org.jspecify.annotations.NullMarked;
