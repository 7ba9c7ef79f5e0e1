package tavern.sim.bots;

import java.util.List;
import tavern.sim.audit.AuditResult;
import tavern.sim.measure.Latencies;
import tavern.sim.measure.Second;
import tavern.sim.oracle.Count;
import tavern.sim.oracle.Tally;

/**
 * The findings of a run.
 *
 * @param loadSeconds how long the load actually ran
 */
public record RunResult(
        BotSettings settings,
        double loadSeconds,
        double connectSeconds,
        Tally tally,
        Latencies latencies,
        List<Second> seconds,
        AuditResult audit) {

    /** Whether every bot connected, nothing was lost, duplicated, reordered or forged, and all goods are there. */
    public boolean holds() {
        for (Count count : Count.values()) {
            if (count.isFault() && tally.get(count) != 0) {
                return false;
            }
        }
        return audit.holds() && tally.get(Count.CONNECTED) == settings.bots();
    }
}
