package tavern.server.services;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Stands between clients and a server, and fails as networks do. Safe on any thread. */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int CONNECT_MILLIS = 5_000;

    private volatile InetSocketAddress target;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong accepted = new AtomicLong();
    private volatile long ignored;
    private volatile boolean frozen;

    /** Empty for none. */
    private volatile String freezing = "";

    /** Empty for none. */
    private volatile String cutting = "";

    private volatile boolean refusing;
    private volatile long delayMillis;

    private TcpProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        listener = new ServerSocket();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find()));
        threads.execute(this::accept);
    }

    public static TcpProxy to(int port) throws IOException {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    public static TcpProxy to(InetSocketAddress target) throws IOException {
        return new TcpProxy(target);
    }

    /** The port for clients, on the loopback address. */
    public int port() {
        return listener.getLocalPort();
    }

    /** New connections lead to this port of the loopback address; those that exist go on as they are. */
    public void leadTo(int port) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Connections that were made through it so far. */
    public long connections() {
        return accepted.get();
    }

    /** Resets all connections; new ones are accepted. */
    public void cut() {
        pairs.forEach(Pair::reset);
    }

    /** Resets all connections, once, after this many more bytes have passed in either direction. */
    public void cutAfter(long bytes) {
        bytesLeft.set(bytes);
    }

    /** Resets all connections, and new ones at once, until {@link #resume}. */
    public void refuse() {
        refusing = true;
        cut();
    }

    /** Accepts the connection with this number, counted from 1, and passes nothing on over it, ever. */
    public void ignore(long number) {
        ignored = number;
    }

    /** Passes nothing on any more, while all connections stay. */
    public void freeze() {
        frozen = true;
    }

    /** Like {@link #freeze}, once, when a client sends this text, before it has passed. */
    public void freezeBefore(String text) {
        freezing = text;
    }

    /** Resets all connections, once, when a server sends this text, before it has passed. */
    public void cutBefore(String text) {
        cutting = text;
    }

    /** Whether the text that {@link #cutBefore} waits for is still to come. */
    public boolean isToCut() {
        return !cutting.isEmpty();
    }

    /** Whether nothing is passed on now. */
    public boolean isFrozen() {
        return frozen;
    }

    /** Holds each piece of up to 16 KiB back for this long, in each direction; 0 ends this. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    /** Ends what {@link #freeze}, {@link #freezeBefore}, {@link #delay} or {@link #refuse} began. */
    public void resume() {
        freezing = "";
        frozen = false;
        refusing = false;
        delayMillis = 0;
        bytesLeft.set(Long.MAX_VALUE);
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                long number = accepted.incrementAndGet();
                threads.execute(() -> connect(client, number));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void connect(Socket client, long number) {
        Socket server = new Socket();
        Pair pair = new Pair(client, server);
        if (refusing) {
            pair.reset();
            return;
        }
        if (number == ignored) {
            pairs.add(pair);
            return;
        }
        try {
            server.connect(target, CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            pair.reset();
            return;
        }
        pairs.add(pair);
        threads.execute(() -> pump(pair, client, server));
        pump(pair, server, client);
    }

    private void pump(Pair pair, Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                if (from == pair.client) {
                    look(chunk, length);
                } else if (has(chunk, length, cutting)) {
                    cut();
                    cutting = "";
                }
                hold();
                if (bytesLeft.get() != Long.MAX_VALUE && bytesLeft.addAndGet(-length) <= 0) {
                    bytesLeft.set(Long.MAX_VALUE);
                    cut();
                }
                out.write(chunk, 0, length);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            pair.reset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            pair.reset();
        } finally {
            pair.half();
        }
    }

    /** A command that is short, and sent alone, comes in one piece. */
    private void look(byte[] chunk, int length) {
        if (has(chunk, length, freezing)) {
            freezing = "";
            frozen = true;
        }
    }

    private static boolean has(byte[] chunk, int length, String text) {
        return !text.isEmpty() && new String(chunk, 0, length, StandardCharsets.ISO_8859_1).contains(text);
    }

    private void hold() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
            while (frozen || nanos > 0) {
                if (frozen) {
                    changed.await();
                } else {
                    nanos = changed.awaitNanos(nanos);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
        threads.shutdownNow();
    }

    /** One connection: its two sockets. */
    private final class Pair {
        private final Socket client;
        private final Socket server;
        private int halves;

        Pair(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void reset() {
            pairs.remove(this);
            end(client, true);
            end(server, true);
        }

        /** One direction has ended; the connection ends with the second one. */
        synchronized void half() {
            if (++halves == 2) {
                pairs.remove(this);
                end(client, false);
                end(server, false);
            }
        }

        private static void end(Socket socket, boolean reset) {
            try {
                if (reset) {
                    socket.setSoLinger(true, 0);
                }
                socket.close();
            } catch (IOException e) {
                // The socket is closed in any case.
                return;
            }
        }
    }
}
