package tavern.bench.plan;

/**
 * What the plan may use.
 *
 * @param cores of one node
 * @param share of a core's time that is planned to be used: the rest is for peaks, and for the nodes that are left when one fails
 * @param speed of a core, relative to that of the measured machine
 */
record Machines(int cores, double share, double speed) {
    /** How many cores so much work needs. @param micros CPU time a second, of a core of the measured machine */
    double coresFor(double micros) {
        return micros / 1e6 / speed / share;
    }
}
