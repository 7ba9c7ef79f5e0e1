package tavern.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import tavern.protocol.v1.CustomEvent;

/**
 * Hears what a room's game says, as the game's own messages. Like the other methods of {@link ClientListener}, these are
 * called on the client's event loop; a message that {@link #parser} cannot read closes the connection.
 *
 * @param <O> what the game says to players
 */
public interface GameListener<O extends MessageLite> extends ClientListener {
    /** Parses what the game says: {@code Out.parser()} for messages of the class {@code Out}. */
    Parser<O> parser();

    /**
     * What somebody sees who comes in, or comes back having missed too much: it replaces everything that the game has
     * told before.
     */
    default void view(ClientRoom room, O view) {}

    /** The game has told something: to all, or to this player only. Durable, in order, and heard once. */
    void told(O what);

    /** P-86: the game has told something that is good for the moment only; it may be left out while the connection is slow. */
    default void hinted(O what) {}

    @Override
    default void onView(ClientRoom room, ByteString view) {
        view(room, parsed(view));
    }

    @Override
    default void onCustom(CustomEvent event) {
        told(parsed(event.getPayload()));
    }

    @Override
    default void onVolatile(CustomEvent event) {
        hinted(parsed(event.getPayload()));
    }

    private O parsed(ByteString bytes) {
        try {
            return parser().parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("the game says something that this listener's parser cannot read", e);
        }
    }
}
