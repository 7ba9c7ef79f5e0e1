package tavern.game;

/** Identifies a player by the positive number that the store assigned at the first login. */
public record PlayerId(long value) implements AccountId, Comparable<PlayerId> {
    @Override
    public int compareTo(PlayerId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
