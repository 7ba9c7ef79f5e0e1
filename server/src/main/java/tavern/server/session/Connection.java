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

    /** Any thread; from one thread in order. */
    void send(ServerMessage message);

    /** Says why and closes, once. Any thread. */
    void close(ErrorCode code, String text);

    /** Closes without a word, for a client that said good-bye. Any thread. */
    void closeQuietly();

    /** On the loop: who handles the next message. */
    void become(Stage stage);

    /** On the loop: the client has said who it is, and gets the limits of one that has. */
    void identified(String session);
}
