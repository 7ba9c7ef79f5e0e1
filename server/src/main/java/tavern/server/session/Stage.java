package tavern.server.session;

import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;

/** One phase of a connection: what a message means now. On the connection's loop. */
public interface Stage {
    void on(ClientMessage message);

    /** The connection must go: says why and closes it, and ends the session if the code says so (P-40). */
    void fail(ErrorCode code, String text);

    /** The connection is gone; called once, on the last stage. */
    void closed();

    /** For the line in the log when the connection ends. */
    String name();
}
