package tavern.server.feed.rabbitmq;

import com.rabbitmq.client.WriteListener;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;

/**
 * The client flushes after each publish, which is one system call for each message. While corked, frames collect in the
 * client's buffer, which is written when it is full or on uncorking.
 */
final class CorkedFrames implements FrameHandler {
    private final FrameHandler frames;

    /** Set by the publishing thread, and read by the client's own threads that send heartbeats. */
    private volatile boolean corked;

    CorkedFrames(FrameHandler frames) {
        this.frames = frames;
    }

    void cork() {
        corked = true;
    }

    void uncork() throws IOException {
        corked = false;
        frames.flush(null);
    }

    @Override
    public void flush(WriteListener listener) throws IOException {
        if (!corked || listener != null) {
            frames.flush(listener);
        }
    }

    @Override
    public boolean internalHearbeat() {
        return frames.internalHearbeat();
    }

    @Override
    public void setTimeout(int timeoutMillis) throws SocketException {
        frames.setTimeout(timeoutMillis);
    }

    @Override
    public int getTimeout() throws SocketException {
        return frames.getTimeout();
    }

    @Override
    public void sendHeader() throws IOException {
        frames.sendHeader();
    }

    @Override
    public void initialize(AMQConnection connection) {
        frames.initialize(connection);
    }

    @Override
    public void startProcessing() {
        frames.startProcessing();
    }

    @Override
    public void finishConnectionNegotiation() {
        frames.finishConnectionNegotiation();
    }

    @Override
    public void setFrameMax(int frameMax) {
        frames.setFrameMax(frameMax);
    }

    @Override
    public Frame readFrame() throws IOException {
        return frames.readFrame();
    }

    @Override
    public void writeFrame(Frame frame) throws IOException {
        frames.writeFrame(frame);
    }

    @Override
    public void close() {
        frames.close();
    }

    @Override
    public InetAddress getLocalAddress() {
        return frames.getLocalAddress();
    }

    @Override
    public int getLocalPort() {
        return frames.getLocalPort();
    }

    @Override
    public InetAddress getAddress() {
        return frames.getAddress();
    }

    @Override
    public int getPort() {
        return frames.getPort();
    }
}
