package tavern.bench.trades;

import com.google.protobuf.Int64Value;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.JoinRoom;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;

/**
 * A player who keeps a number of turns under way, on a thread and a blocking socket. Not {@code TavernClient}, which has one
 * turn under way at a time. A frame of the protocol is what protobuf calls a delimited message.
 */
final class TurnSpeaker {
    private static final int PROTOCOL_VERSION = 2;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Turns turns;
    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;
    private int seq;

    /** What the players of one load share. */
    interface Turns {
        /** A turn was carried out. */
        void carriedOut();

        /** Whether no more turns are to be begun. */
        boolean isEnding();
    }

    /** Blocks until the player is in the room. */
    TurnSpeaker(Turns turns, InetSocketAddress server, String name, String room) throws IOException {
        this.turns = turns;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        send(ClientMessage.newBuilder()
                .setHello(
                        Hello.newBuilder().setProtocolVersion(PROTOCOL_VERSION).setToken(name)));
        out.flush();
        Welcome welcome = await(ServerMessage.BodyCase.WELCOME).getWelcome();
        if (welcome.getResumed()) {
            throw new IOException("a new session was expected");
        }
        send(ClientMessage.newBuilder()
                .setJoinRoom(JoinRoom.newBuilder().setRoom(room).setType(TallyGame.NAME)));
        out.flush();
        await(ServerMessage.BodyCase.JOINED);
    }

    private ServerMessage await(ServerMessage.BodyCase body) throws IOException {
        ServerMessage message = read();
        while (message.getBodyCase() != body) {
            if (message.hasError()) {
                throw new IOException("instead of " + body + ": " + message.getError());
            }
            message = read();
        }
        return message;
    }

    private ServerMessage read() throws IOException {
        ServerMessage message = ServerMessage.parseDelimitedFrom(in);
        if (message == null) {
            throw new IOException("the server has closed the connection");
        }
        return message;
    }

    private void send(ClientMessage.Builder message) throws IOException {
        seq++;
        message.setSeq(seq).build().writeDelimitedTo(out);
    }

    private void say(long what) throws IOException {
        send(ClientMessage.newBuilder()
                .setCustom(Custom.newBuilder().setPayload(Int64Value.of(what).toByteString())));
    }

    /** Blocks until a single turn is carried out. */
    void sayAndWait(long what) {
        try {
            say(what);
            out.flush();
            await(ServerMessage.BodyCase.TURN_DONE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes turns until {@link Turns#isEnding}. @param messages what to say next */
    Callable<Void> speaking(int underWay, LongSupplier messages) {
        return () -> {
            int open = 0;
            while (open > 0 || !turns.isEnding()) {
                while (open < underWay && !turns.isEnding()) {
                    say(messages.getAsLong());
                    open++;
                }
                out.flush();
                do {
                    if (isAnswered(read())) {
                        open--;
                    }
                } while (in.available() > 0 && open > 0);
            }
            return null;
        };
    }

    private boolean isAnswered(ServerMessage message) throws IOException {
        if (message.hasTurnDone()) {
            turns.carriedOut();
            return true;
        }
        if (message.hasError()) {
            if (message.getError().getCode() != ErrorCode.BUSY) {
                throw new IOException("a turn was refused: " + message.getError());
            }
            return true;
        }
        return false;
    }

    void close() throws IOException {
        socket.close();
    }
}
