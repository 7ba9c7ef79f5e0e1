package tavern.server.session;

import com.google.protobuf.ByteString;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.Redirect;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Node;
import tavern.server.room.Wire;
import tavern.server.store.Causes;

/** A Hello on its way to a Welcome. Safe on any thread. */
record Greeting(Sessions sessions, HandshakeStage stage, Connection connection, int seq, Hello hello) {
    static final String ELSEWHERE = "the session ended or went on elsewhere meanwhile";

    /** P-5: the client may say Hello again, and its time starts anew. */
    void unavailable(Throwable failure) {
        again(Failure.answer(seq, () -> sessions.hello(connection, seq), Causes.of(failure)));
    }

    void busy(String text, long retryAfterMillis) {
        again(Wire.error(seq, ErrorCode.BUSY, text, retryAfterMillis));
    }

    /** P-106: the client is sent to the server where the session is. */
    void stays(Redirect there) {
        again(ServerMessage.newBuilder().setReplyTo(seq).setRedirect(there).build());
    }

    /** As if the client had come with the token that the session knows. */
    Greeting with(ByteString token) {
        return token.equals(hello.getResumeToken())
                ? this
                : new Greeting(
                        sessions,
                        stage,
                        connection,
                        seq,
                        hello.toBuilder().setResumeToken(token).build());
    }

    private void again(ServerMessage error) {
        connection.loop().execute(() -> {
            stage.again();
            connection.send(error);
        });
    }

    /** P-102: another server has room. A client that does not follow sees an error as of a server without others. */
    void sendOn(Node other) {
        connection.loop().execute(() -> {
            connection.send(Wire.sentOn(seq, other));
            refuse(ErrorCode.SERVER_FULL, "this server is full, and another one is not");
        });
    }

    /** Another connection has the session. */
    void elsewhere() {
        refuse(ErrorCode.SESSION_REPLACED, ELSEWHERE);
    }

    /** P-18: the error answers the Hello, and closes the connection. */
    void refuse(ErrorCode code, String text) {
        connection.close(seq, code, text);
    }
}
