package tavern.game;

import com.google.protobuf.ByteString;

/** A durable value of a player, as {@link Turn#put} wrote it. */
public record Kept(ByteString value, long version) {
    /** There is no such value. */
    public static final Kept NONE = new Kept(ByteString.EMPTY, 0);

    public boolean isThere() {
        return !value.isEmpty();
    }
}
