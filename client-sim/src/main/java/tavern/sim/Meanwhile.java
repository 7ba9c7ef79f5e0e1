package tavern.sim;

import java.io.PrintWriter;
import tavern.sim.report.Report;

/** What another command does to the servers while the bots play, and what it then expects of their report. */
public interface Meanwhile {
    /** Nothing is done, and the bots' own checks decide. */
    Meanwhile NOTHING = new Meanwhile() {
        @Override
        public void loadBegins(Runnable stop) {}

        @Override
        public boolean holds(Report report, PrintWriter out) {
            return report.ok();
        }
    };

    /**
     * All bots are in their rooms. Called once, on the thread of the run; must return at once.
     *
     * @param stop ends the load before its time; may be called on any thread
     */
    void loadBegins(Runnable stop);

    /** Says what it finds. @return whether the run was good */
    boolean holds(Report report, PrintWriter out);
}
