package tavern.server.it;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A client's end of a WebSocket, byte by byte, so that it can also break the rules. Any thread may send; one thread
 * reads.
 */
final class RawWebSocket implements AutoCloseable {
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;
    static final int FINAL = 0x80;

    private static final int MASKED = 0x80;
    private static final int READ_MILLIS_MAX = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** A frame from the server. @param first its first byte: the opcode and its flags */
    record Frame(int first, byte[] payload) {
        int opcode() {
            return first & 0xf;
        }

        /** The code of a close frame; 1005 when it has none. */
        int status() {
            return payload.length < 2 ? 1_005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        }
    }

    RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_MILLIS_MAX);
        in = socket.getInputStream();
        out = socket.getOutputStream();
    }

    static RawWebSocket connect(InetSocketAddress server) throws IOException {
        return new RawWebSocket(new Socket(server.getAddress(), server.getPort()));
    }

    /** Connects and upgrades. */
    static RawWebSocket open(InetSocketAddress server) throws IOException {
        RawWebSocket webSocket = connect(server);
        webSocket.upgrade();
        return webSocket;
    }

    // ---- the upgrade ----

    static String request(String path, String... headers) {
        StringBuilder text = new StringBuilder("GET ").append(path).append(" HTTP/1.1\r\nHost: game.example\r\n");
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        return text.append("\r\n").toString();
    }

    /** The request of a browser, with more headers. */
    static String upgradeRequest(String... more) {
        String[] headers = new String[more.length + 4];
        headers[0] = "Connection: keep-alive, Upgrade";
        headers[1] = "Upgrade: websocket";
        headers[2] = "Sec-WebSocket-Version: 13";
        headers[3] = "Sec-WebSocket-Key: " + Base64.getEncoder().encodeToString(new byte[16]);
        System.arraycopy(more, 0, headers, 4, more.length);
        return request("/tavern", headers);
    }

    /** Upgrades, or throws with the server's answer. @return the answer's lines */
    String upgrade(String... headers) throws IOException {
        send(upgradeRequest(headers).getBytes(StandardCharsets.US_ASCII));
        String answer = readHttpHeader();
        if (!answer.startsWith("HTTP/1.1 101 ")) {
            throw new IOException("no WebSocket but " + answer);
        }
        return answer;
    }

    String readHttpHeader() throws IOException {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        while (!header.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            header.write(readByte());
        }
        return header.toString(StandardCharsets.US_ASCII);
    }

    /** Everything until the server ends the connection. */
    String readToEnd() throws IOException {
        try {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException e) {
            return "";
        }
    }

    // ---- frames ----

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** @param first the opcode, usually with {@link #FINAL} */
    void send(int first, byte... payload) throws IOException {
        send(frame(first, payload));
    }

    static byte[] frame(int first, byte... payload) {
        byte[] mask = ByteBuffer.allocate(4)
                .putInt(ThreadLocalRandom.current().nextInt())
                .array();
        byte[] masked = new byte[payload.length];
        for (int i = 0; i < payload.length; i++) {
            masked[i] = (byte) (payload[i] ^ mask[i % 4]);
        }
        return Say.concat(header(first, MASKED, payload.length), mask, masked);
    }

    /** @param masked the bit that says whether a mask follows */
    static byte[] header(int first, int masked, long length) {
        if (length >= 0 && length < 126) {
            return new byte[] {(byte) first, (byte) (masked | length)};
        }
        return length >= 0 && length < 65_536
                ? ByteBuffer.allocate(4)
                        .put((byte) first)
                        .put((byte) (masked | 126))
                        .putShort((short) length)
                        .array()
                : ByteBuffer.allocate(10)
                        .put((byte) first)
                        .put((byte) (masked | 127))
                        .putLong(length)
                        .array();
    }

    /** @throws EOFException when the server has ended the connection */
    Frame read() throws IOException {
        int first = readByte();
        int length = readByte();
        if ((length & MASKED) != 0) {
            throw new IOException("a masked frame from the server");
        }
        if (length == 126) {
            length = readByte() << 8 | readByte();
        } else if (length == 127) {
            length = (int) ByteBuffer.wrap(in.readNBytes(8)).getLong();
        }
        byte[] payload = in.readNBytes(length);
        if (payload.length < length) {
            throw new EOFException("a frame was cut short");
        }
        return new Frame(first, payload);
    }

    private int readByte() throws IOException {
        int read;
        try {
            read = in.read();
        } catch (SocketException e) {
            throw new EOFException(e.getMessage());
        }
        if (read < 0) {
            throw new EOFException("the server closed the connection");
        }
        return read;
    }

    /** Reads on until a frame of this kind comes. */
    Frame expect(int opcode) throws IOException {
        while (true) {
            Frame frame = read();
            if (frame.opcode() == opcode) {
                return frame;
            }
        }
    }

    /** Reads until the server closes the WebSocket. @return the code of its close frame */
    int closedWith() throws IOException {
        int status = expect(CLOSE).status();
        if (!readToEnd().isEmpty()) {
            throw new IOException("bytes behind a close frame");
        }
        return status;
    }

    // ---- the byte stream ----

    /** What the server's binary messages contain. Pongs are skipped, and a close frame is the end. */
    InputStream input() {
        return new InputStream() {
            private ByteBuffer current = ByteBuffer.allocate(0);

            @Override
            public int read() throws IOException {
                while (!current.hasRemaining()) {
                    Frame frame;
                    try {
                        frame = RawWebSocket.this.read();
                    } catch (EOFException e) {
                        return -1;
                    }
                    if (frame.opcode() == CLOSE) {
                        return -1;
                    }
                    if (frame.first() == (FINAL | BINARY)) {
                        current = ByteBuffer.wrap(frame.payload());
                    } else if (frame.opcode() != PONG) {
                        throw new IOException("an unexpected frame: " + frame);
                    }
                }
                return current.get() & 0xff;
            }
        };
    }

    /** Each flush of what is written here is one message. */
    OutputStream output() {
        return new OutputStream() {
            private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

            @Override
            public void write(int octet) {
                waiting.write(octet);
            }

            @Override
            public void flush() throws IOException {
                send(FINAL | BINARY, waiting.toByteArray());
                waiting.reset();
            }
        };
    }

    /** A client that speaks the protocol over this WebSocket. */
    RawClient client() throws IOException {
        return new RawClient(socket, input(), output());
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
