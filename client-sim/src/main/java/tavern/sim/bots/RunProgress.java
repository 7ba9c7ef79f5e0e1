package tavern.sim.bots;

/** Receives the progress of a run, on the thread on which it runs. */
@FunctionalInterface
public interface RunProgress {
    /**
     * Called a few times a second.
     *
     * @param share the share of the phase that is done, 0 to 1
     */
    void at(String phase, double share);
}
