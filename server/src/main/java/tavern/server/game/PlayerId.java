package tavern.server.game;

/** A player, by the number that the store gave at the first login. Positive. */
public record PlayerId(long value) implements Comparable<PlayerId> {
    @Override
    public int compareTo(PlayerId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
