package tavern.sim.oracle;

/**
 * Checks, in a room with cells, whom each member has in view, by what P-36 promises wherever the cells lie: players who
 * are near are in view, players who are far are not, and two players either both see each other or neither does. All
 * places are those that the server tells the members of themselves, in the same room.
 *
 * <p>While members walk, one member's view and the other's place may be from different ticks, so the check tolerates
 * the distance that can be walked in between. At rest there is no tolerance.
 */
public final class SightOracle {
    /** Moves may arrive a little late, and then in a burst. */
    private static final double LATE_SECONDS = 0.25;

    private final Tally tally;

    public SightOracle(Tally tally) {
        this.tally = tally;
    }

    /** Where the server says a member is, as of a tick. */
    public record Place(int member, int x, int y, int tick) {}

    /** The visibility rules of a room; lengths in 1/16 of a unit, speed per second. */
    public record Rules(int cellSize, int maxSpeed, int tickHz) {
        /** Whoever is at most this far along both axes must be in view. */
        int near() {
            return cellSize * 3 / 4;
        }

        /** Whoever is farther than this along one axis must not be in view. */
        int far() {
            return cellSize * 9 / 4;
        }

        int slack(int tick, int otherTick) {
            return (int) (maxSpeed * ((double) Math.abs(tick - otherTick) / tickHz + LATE_SECONDS));
        }
    }

    /** Checks a pair while members walk; {@code inView} says whether the viewer has the other in view. */
    public void walking(Rules rules, Place viewer, Place other, boolean inView) {
        check(rules, viewer, other, inView, rules.slack(viewer.tick(), other.tick()));
    }

    /**
     * Checks a pair after everybody has come to rest; {@code seenBack} says whether the other has the viewer in view.
     */
    public void resting(Rules rules, Place viewer, Place other, boolean inView, boolean seenBack) {
        check(rules, viewer, other, inView, 0);
        if (inView != seenBack) {
            tally.fault(
                    Count.SIGHT_ONE_SIDED,
                    "member " + viewer.member() + (inView ? " sees " : " does not see ") + other.member() + ", who "
                            + (seenBack ? "does" : "does not"));
        }
    }

    /** Whether the views of a pair are right, given that everybody is at rest and no snapshot is in flight. */
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
