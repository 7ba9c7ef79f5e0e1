package tavern.server.session;

import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
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

    private void again(ServerMessage error) {
        connection.loop().execute(() -> {
            stage.again();
            connection.send(error);
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
