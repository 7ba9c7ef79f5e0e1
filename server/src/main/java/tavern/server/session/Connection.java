package tavern.server.session;

import java.net.InetAddress;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.room.Outlet;

/** One TCP connection, as sessions see it. */
public interface Connection extends Outlet {
    InetAddress address();

    /** False from the moment on at which {@link Stage#closed} is called or about to be. Any thread. */
    boolean isOpen();

    /** On the loop at once, from any other thread in its row of tasks. */
    void send(ServerMessage message);

    /**
     * In the loop's row of tasks, on the loop too: rooms run on loops, and what they say must not overtake what they have
     * told everybody before. Any thread; from one thread in order.
     */
    default void post(ServerMessage message) {
        loop().execute(() -> send(message));
    }

    /** Says why and closes, once. Any thread. */
    void close(ErrorCode code, String text);

    /** Closes without a word, for a client that said good-bye. Any thread. */
    void closeQuietly();

    /** On the loop: who handles the next message. */
    void become(Stage stage);

    /** On the loop: the client has said who it is, and gets the limits of one that has. */
    void identified(String session);
}
