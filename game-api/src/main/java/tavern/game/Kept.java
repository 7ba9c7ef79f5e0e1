package tavern.game;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/** A durable value of a player, as {@link Turn#put} wrote it. @param version grows with each change; 0 when it is not there */
public record Kept(ByteString value, long version) {
    /** There is no such value. */
    public static final Kept NONE = new Kept(ByteString.EMPTY, 0);

    public boolean isThere() {
        return !value.isEmpty();
    }

    /**
     * Returns the value as a message, with all fields at their defaults if there is none.
     *
     * @throws IllegalStateException when the value is another message, which ends the turn
     */
    public <V extends MessageLite> V read(Parser<V> parser) {
        try {
            return parser.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a kept value is not the message that it is read as", e);
        }
    }
}
