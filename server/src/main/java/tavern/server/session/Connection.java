package tavern.server.session;

import java.net.InetAddress;
import java.util.Iterator;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.room.Outlet;

/** One TCP connection, as sessions see it. */
public interface Connection extends Outlet {
    InetAddress address();

    /** Returns false from the moment at which {@link Stage#closed} is called or about to be. Safe on any thread. */
    boolean isOpen();

    /**
     * Returns whether the client takes what is written; if not, nothing large should be added to what waits. On the
     * loop.
     */
    boolean takesMore();

    /** Sends at once when called on the loop, and through the loop's task queue from any other thread. */
    void send(ServerMessage message);

    /**
     * Sends these in turn, each once the one before has left, so that they never fill the bounds of what may wait for a
     * client. Other messages go between them. On the loop.
     *
     * @return false, with none of them sent, when earlier ones are still being sent
     */
    boolean sendPaced(Iterator<ServerMessage> messages);

    /** The bytes that a frame of an identified client may have. */
    int frameBytesMax();

    /**
     * Sends through the loop's task queue, even when called on the loop: rooms run on loops, and their messages to a
     * member must not overtake what they have sent to everybody before. Safe on any thread; messages from one thread
     * stay in order.
     */
    default void post(ServerMessage message) {
        loop().execute(() -> send(message));
    }

    /** Closes as {@link #close(int, ErrorCode, String)} does, when the error answers no message of the client. */
    default void close(ErrorCode code, String text) {
        close(0, code, text);
    }

    /**
     * Sends the reason and closes, once. Safe on any thread.
     *
     * @param replyTo P-14: seq of the {@code Hello} that is refused, or 0 for none
     */
    void close(int replyTo, ErrorCode code, String text);

    /** Closes without a message, for a client that said goodbye. Safe on any thread. */
    void closeQuietly();

    /** Sets the stage that handles the next message. On the loop. */
    void become(Stage stage);

    /** The client has identified itself, and gets the limits of a known client. On the loop. */
    void identified(String session);
}
