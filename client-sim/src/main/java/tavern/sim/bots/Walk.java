package tavern.sim.bots;

import java.util.random.RandomGenerator;

/** A random walk across the map: straight on for a while, then in another direction; never off the map or too fast. */
public final class Walk {
    /** Well below the limit, so that the server's clock and ours need not agree exactly. */
    private static final double SHARE_OF_MAX_SPEED = 0.6;

    private static final double TURN_CHANCE = 0.05;

    private final double stepSeconds;
    private final RandomGenerator random;
    private double x;
    private double y;
    private double heading;
    private double stepAtFullSpeed;
    private int width;
    private int height;

    public Walk(double movesPerSecond, RandomGenerator random) {
        // Infrequent moves must not become leaps: a step is never longer than a quarter of a second's travel.
        this.stepSeconds = movesPerSecond > 0 ? Math.min(0.25, 1 / movesPerSecond) : 0;
        this.random = random;
        this.heading = random.nextDouble() * 2 * Math.PI;
    }

    /** All values in 1/16 of a unit; the speed is per second. */
    public void begin(int atX, int atY, int mapWidth, int mapHeight, int maxSpeed) {
        x = atX;
        y = atY;
        width = mapWidth;
        height = mapHeight;
        stepAtFullSpeed = maxSpeed * SHARE_OF_MAX_SPEED * stepSeconds;
    }

    public void moveTo(int atX, int atY) {
        x = atX;
        y = atY;
    }

    /** @param timeRate P-113: the speed of the room's time */
    public void advance(double timeRate) {
        double step = stepAtFullSpeed * timeRate;
        if (random.nextDouble() < TURN_CHANCE) {
            heading = random.nextDouble() * 2 * Math.PI;
        }
        double nextX = x + Math.cos(heading) * step;
        double nextY = y + Math.sin(heading) * step;
        if (nextX < 0 || nextX > width || nextY < 0 || nextY > height) {
            // Back towards the middle, roughly.
            heading = Math.atan2(height / 2.0 - y, width / 2.0 - x) + random.nextDouble() - 0.5;
            nextX = Math.max(0, Math.min(width, x + Math.cos(heading) * step));
            nextY = Math.max(0, Math.min(height, y + Math.sin(heading) * step));
        }
        x = nextX;
        y = nextY;
    }

    public int x() {
        return (int) x;
    }

    public int y() {
        return (int) y;
    }
}
