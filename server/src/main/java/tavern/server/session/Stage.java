package tavern.server.session;

import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** One phase of a connection, which decides what a message means. Called on the connection's loop. */
public interface Stage {
    void on(ClientMessage message);

    /** Handles a {@code Move}, which comes too often to be made an object. @param x in 1/16 of a unit, like y */
    void onMove(int seq, int x, int y);

    /** Ends the connection: sends the reason and closes it, and ends the session if the code says so (P-40). */
    void fail(ErrorCode code, String text);

    /** The connection is gone; called once, on the last stage. */
    void closed();

    /** The stage's name in the log line when the connection ends. */
    String name();
}
