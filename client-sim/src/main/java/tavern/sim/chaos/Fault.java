package tavern.sim.chaos;

import java.util.Locale;

/**
 * One fault of a schedule.
 *
 * @param atMillis since the load began
 * @param node the server it happens to, from 1; 0 for one that happens to the realm
 * @param millis how long it lasts
 * @param byMillis by how much pieces are late, or a clock is ahead (behind, if negative); else 0
 */
record Fault(long atMillis, FaultKind kind, int node, int millis, int byMillis) {
    @Override
    public String toString() {
        String what = String.format(Locale.ROOT, kind.words, millis);
        String by = byMillis == 0 ? "" : String.format(Locale.ROOT, " (by %,d ms)", byMillis);
        return String.format(
                Locale.ROOT, "%8.1f s  %-7s %s%s", atMillis / 1e3, node == 0 ? "realm" : "node-" + node, what, by);
    }
}
