package tavern.server.recordings;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tavern.protocol.RecordedSession;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ServerMessage;
import tavern.server.services.FairTime;

/** A client that writes down all that it sends and hears, over one connection after another. */
final class SessionRecorder implements AutoCloseable {
    private static final int READ_MILLIS_MAX = 30_000;

    private final InetSocketAddress server;
    private final String player;
    private final RecordedView view;
    private final List<RecordedSession.Step> steps = new ArrayList<>();
    private final long beganNanos = FairTime.nanos();
    private Socket socket = new Socket();
    private boolean isOpen;
    private int seq;

    SessionRecorder(InetSocketAddress server, String player) {
        this.server = server;
        this.player = player;
        this.view = new RecordedView(player);
    }

    RecordedView view() {
        return view;
    }

    /** The last seq that was sent. */
    int seq() {
        return seq;
    }

    Stream<ServerMessage> heard() {
        return steps.stream()
                .filter(RecordedSession.Heard.class::isInstance)
                .map(step -> ((RecordedSession.Heard) step).message());
    }

    RecordedSession recorded(String name, String about) {
        return new RecordedSession(name, player, about, List.copyOf(steps));
    }

    private long now() {
        return TimeUnit.NANOSECONDS.toMillis(FairTime.nanos() - beganNanos);
    }

    /** Connects and says hello, as who goes on where it stopped. */
    void open() throws IOException {
        steps.add(new RecordedSession.Opened(now()));
        socket = new Socket();
        socket.connect(server, READ_MILLIS_MAX);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        isOpen = true;
        send(ClientMessage.newBuilder().setHello(view.hello()));
    }

    int send(ClientMessage.Builder body) throws IOException {
        ClientMessage message = body.setSeq(++seq).build();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        message.writeDelimitedTo(frame);
        steps.add(new RecordedSession.Sent(now(), message, ByteString.copyFrom(frame.toByteArray())));
        view.sent(message);
        frame.writeTo(socket.getOutputStream());
        return seq;
    }

    /** Reads until such a message has come. */
    ServerMessage hear(Predicate<ServerMessage> wanted) throws IOException {
        ServerMessage message;
        do {
            message = hear();
        } while (!wanted.test(message));
        return message;
    }

    ServerMessage answerTo(int asked) throws IOException {
        return hear(message -> message.getReplyTo() == asked
                || (message.getChat().getClientSeq() == asked
                        && message.getChat().getPlayer().equals(player)));
    }

    /** Reads until it holds. */
    void hearUntil(BooleanSupplier holds) throws IOException {
        while (!holds.getAsBoolean()) {
            hear();
        }
    }

    private ServerMessage hear() throws IOException {
        ByteString frame = readFrame();
        ServerMessage message = ServerMessage.parseDelimitedFrom(frame.newInput());
        steps.add(new RecordedSession.Heard(now(), message, frame));
        view.heard(message);
        return message;
    }

    private ByteString readFrame() throws IOException {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("the server closed the connection");
            }
            length |= (next & 0x7f) << shift;
            if (next < 0x80) {
                break;
            }
        }
        byte[] body = socket.getInputStream().readNBytes(length);
        ByteString.Output frame = ByteString.newOutput(length + 5);
        CodedOutputStream out = CodedOutputStream.newInstance(frame);
        out.writeByteArrayNoTag(body);
        out.flush();
        return frame.toByteString();
    }

    /** The connection breaks: what was sent has arrived, and what the server says from now on is lost on the way. */
    void lose() throws IOException {
        socket.shutdownOutput();
        while (socket.getInputStream().read() >= 0) {
            // Nobody hears it.
        }
        closed();
    }

    /** Hears the last words until the server closes. */
    void hearTheEnd() throws IOException {
        try {
            while (isOpen) {
                hear();
            }
        } catch (EOFException e) {
            closed();
        }
    }

    private void closed() throws IOException {
        socket.close();
        isOpen = false;
        steps.add(new RecordedSession.Closed(now()));
    }

    /** Writes down what a client must know by now, and have told since the last time. */
    void expect() {
        steps.add(new RecordedSession.Expected(view.take(isOpen)));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
