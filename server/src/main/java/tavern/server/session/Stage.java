package tavern.server.session;

import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** One phase of a connection: what a message means now. On the connection's loop. */
public interface Stage {
    void on(ClientMessage message);

    /** A {@code Move}, which comes too often to be made an object of. @param x in 1/16 of a unit, like y */
    void onMove(int seq, int x, int y);

    /** The connection must go: says why and closes it, and ends the session if the code says so (P-40). */
    void fail(ErrorCode code, String text);

    /** The connection is gone; called once, on the last stage. */
    void closed();

    /** For the line in the log when the connection ends. */
    String name();
}
