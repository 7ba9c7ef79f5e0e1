package tavern.server.session;

import org.jspecify.annotations.Nullable;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;

/** P-5: before the client has said who it is. */
public final class HandshakeStage implements Stage {
    private static final String WAIT = "wait for Welcome before the next message";

    private final Logins logins;
    private final Connection connection;
    private boolean greeted;
    private @Nullable Session resuming;

    public HandshakeStage(Logins logins, Connection connection) {
        this.logins = logins;
        this.connection = connection;
    }

    @Override
    public void on(ClientMessage message) {
        if (greeted) {
            ErrorCode code = message.hasHello() ? ErrorCode.HELLO_REPEATED : ErrorCode.HELLO_EXPECTED;
            fail(code, WAIT);
        } else if (!message.hasHello()) {
            fail(ErrorCode.HELLO_EXPECTED, "the first message must be Hello");
        } else {
            greeted = true;
            greet(message.getSeq(), message.getHello());
        }
    }

    @Override
    public void onMove(int seq, int x, int y) {
        fail(ErrorCode.HELLO_EXPECTED, greeted ? WAIT : "the first message must be Hello");
    }

    private void greet(int seq, Hello hello) {
        int version = hello.getProtocolVersion();
        if (version < Protocol.VERSION_MIN || version > Protocol.VERSION_MAX) {
            // P-6
            fail(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "protocol_version must be " + Protocol.VERSION_MIN + " to " + Protocol.VERSION_MAX);
        } else {
            logins.login(this, connection, seq, hello);
        }
    }

    /** This session may be bound to the connection from now on, before another stage takes over. */
    void resuming(Session session) {
        resuming = session;
    }

    /** The server could not: the client may say Hello again. */
    void again() {
        greeted = false;
    }

    @Override
    public void fail(ErrorCode code, String text) {
        connection.close(code, text);
    }

    @Override
    public void closed() {
        if (resuming != null) {
            logins.lost(resuming, connection);
        }
    }

    @Override
    public String name() {
        return "handshake";
    }
}
