package tavern.sim.oracle;

/**
 * Checks, in a room of cells, whom each member has in view, by what P-36 promises whatever the cells are: who is near is in
 * view, who is far is not, and of two either both see each other or none. All places are what the server says of the
 * members themselves, in the same room.
 *
 * <p>While they walk, the one's view and the other's place may be of different ticks; what can be walked in between is
 * given. At rest nothing is.
 */
public final class SightOracle {
    /** Moves come a little late, and then together. */
    private static final double LATE_SECONDS = 0.25;

    private final Tally tally;

    public SightOracle(Tally tally) {
        this.tally = tally;
    }

    /** A member: where the server says that it is, as of a tick. */
    public record Place(int member, int x, int y, int tick) {}

    /** Of a room; all in 1/16 of a unit. */
    public record Rules(int cellSize, int maxSpeed, int tickHz) {
        /** What is not farther than this along both axes is seen. */
        int near() {
            return cellSize * 3 / 4;
        }

        /** What is farther than this along one axis is not. */
        int far() {
            return cellSize * 9 / 4;
        }

        int slack(int tick, int otherTick) {
            return (int) (maxSpeed * ((double) Math.abs(tick - otherTick) / tickHz + LATE_SECONDS));
        }
    }

    /** Members walk. @param inView whether the viewer has the other in view */
    public void walking(Rules rules, Place viewer, Place other, boolean inView) {
        check(rules, viewer, other, inView, rules.slack(viewer.tick(), other.tick()));
    }

    /** Nobody has moved for a while. @param seenBack whether the other has the viewer in view */
    public void resting(Rules rules, Place viewer, Place other, boolean inView, boolean seenBack) {
        check(rules, viewer, other, inView, 0);
        if (inView != seenBack) {
            tally.fault(
                    Count.SIGHT_ONE_SIDED,
                    "member " + viewer.member() + (inView ? " sees " : " does not see ") + other.member() + ", who "
                            + (seenBack ? "does" : "does not"));
        }
    }

    /** Whether a pair at rest is as it must be: nothing is on the way any more. */
    public static boolean isRight(Rules rules, Place viewer, Place other, boolean inView, boolean seenBack) {
        int distance = distance(viewer, other);
        return inView == seenBack && (inView ? distance <= rules.far() : distance > rules.near());
    }

    private void check(Rules rules, Place viewer, Place other, boolean inView, int slack) {
        tally.add(Count.SIGHT_CHECKED);
        int distance = distance(viewer, other);
        if (inView && distance > rules.far() + slack) {
            tally.fault(
                    Count.SIGHT_GHOSTS,
                    "member " + viewer.member() + " still sees " + other.member() + ", who is " + distance / 16
                            + " units away");
        } else if (!inView && distance <= rules.near() - slack) {
            tally.fault(
                    Count.SIGHT_MISSING,
                    "member " + viewer.member() + " does not see " + other.member() + ", who is " + distance / 16
                            + " units away");
        }
    }

    private static int distance(Place one, Place other) {
        return Math.max(Math.abs(one.x() - other.x()), Math.abs(one.y() - other.y()));
    }
}
