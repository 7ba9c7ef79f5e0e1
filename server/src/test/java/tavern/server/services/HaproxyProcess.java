package tavern.server.services;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A test's own HAProxy in front of one server, which it reaches from an address of its own. */
public final class HaproxyProcess implements AutoCloseable {
    private static final String COMMAND = "/usr/sbin/haproxy";
    private static final Duration START_MAX = Duration.ofSeconds(20);

    private final Process process;
    private final int port;

    private HaproxyProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts one and waits until it accepts connections.
     *
     * @param from the address from which it connects to the server
     * @param options of the server's line, such as {@code send-proxy}
     */
    public static HaproxyProcess start(Path folder, InetSocketAddress server, String from, String options)
            throws IOException {
        int port = FreePort.find();
        Path configuration = Files.createTempFile(folder, "haproxy", ".cfg");
        Files.writeString(configuration, """
                defaults
                  mode tcp
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                listen tavern
                  bind 127.0.0.1:%d
                  server tavern 127.0.0.1:%d source %s %s
                """.formatted(port, server.getPort(), from, options));
        Process process = new ProcessBuilder(COMMAND, "-db", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(configuration.resolveSibling("haproxy.log").toFile())
                .start();
        HaproxyProcess haproxy = new HaproxyProcess(process, port);
        await().atMost(START_MAX)
                .pollInterval(Duration.ofMillis(20))
                .failFast("haproxy ended; see its log in " + folder, () -> !process.isAlive())
                .until(haproxy::accepts);
        return haproxy;
    }

    private boolean accepts() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where players connect. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
