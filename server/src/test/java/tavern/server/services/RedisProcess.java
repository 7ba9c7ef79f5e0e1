package tavern.server.services;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.TerminalFailureException;

/** A test's own Redis server, with the product's configuration, on a free port and in a folder. */
public final class RedisProcess implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final int ANSWER_MILLIS_MAX = 60_000;
    private static final byte[] PING = "PING\r\n".getBytes(US_ASCII);

    private final Path folder;
    private final int port;
    private final List<String> command;
    private Process process;

    private RedisProcess(Path folder, int port, List<String> command) throws IOException {
        this.folder = folder;
        this.port = port;
        this.command = command;
        this.process = launch();
    }

    /**
     * Starts one and waits until it answers.
     *
     * @param settings as on the command line: {@code "--requirepass", "secret"}
     */
    public static RedisProcess start(Path folder, String... settings) throws IOException {
        int port = FreePort.find();
        Files.createDirectories(folder);
        List<String> command =
                new ArrayList<>(List.of("redis-server", configuration().toString()));
        command.addAll(List.of("--dir", folder.toString(), "--port", Integer.toString(port)));
        command.addAll(List.of(settings));
        RedisProcess redis = new RedisProcess(folder, port, command);
        redis.awaitAnswer();
        return redis;
    }

    private static Path configuration() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path file = at.resolve("config/redis.conf");
            if (Files.exists(file)) {
                return file;
            }
        }
        throw new IllegalStateException(
                "config/redis.conf is not above " + Path.of("").toAbsolutePath());
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("redis.log").toFile()))
                .start();
    }

    private void awaitAnswer() {
        await().atMost(START_MAX)
                .pollInterval(Duration.ofMillis(20))
                .failFast("redis-server ended; see " + folder.resolve("redis.log"), () -> !process.isAlive())
                .until(this::answers);
    }

    /** Whether it answers at all; "wants a password" is an answer, "is still loading" is none. */
    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1000);
            OutputStream out = socket.getOutputStream();
            out.write(PING);
            InputStream in = socket.getInputStream();
            String answer = new String(in.readNBytes(5), US_ASCII);
            return answer.equals("+PONG") || answer.equals("-NOAU");
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /**
     * Sends one command on a connection of its own.
     *
     * @return the answer as {@code redis-cli} prints it: elements are lines, nothing is empty; it may be an error
     */
    public String ask(String... words) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            ByteArrayOutputStream request = new ByteArrayOutputStream();
            request.writeBytes(("*" + words.length + "\r\n").getBytes(US_ASCII));
            for (String word : words) {
                byte[] bytes = word.getBytes(UTF_8);
                request.writeBytes(("$" + bytes.length + "\r\n").getBytes(US_ASCII));
                request.writeBytes(bytes);
                request.writeBytes("\r\n".getBytes(US_ASCII));
            }
            request.writeTo(socket.getOutputStream());
            return answer(new BufferedInputStream(socket.getInputStream())).trim();
        } catch (SocketException e) {
            return e.toString();
        }
    }

    private static String answer(InputStream in) throws IOException {
        String head = line(in);
        String rest = head.substring(1);
        return switch (head.charAt(0)) {
            case '$' -> text(in, Integer.parseInt(rest));
            case '*' -> elements(in, Integer.parseInt(rest));
            default -> rest;
        };
    }

    private static String text(InputStream in, int bytes) throws IOException {
        if (bytes < 0) {
            return "";
        }
        String text = new String(in.readNBytes(bytes), UTF_8);
        in.skipNBytes(2);
        return text;
    }

    private static String elements(InputStream in, int count) throws IOException {
        StringJoiner lines = new StringJoiner("\n");
        for (int i = 0; i < count; i++) {
            lines.add(answer(in));
        }
        return lines.toString();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("Redis has closed the connection");
            }
            line.write(next);
        }
        return line.toString(UTF_8).stripTrailing();
    }

    public long pid() {
        return process.pid();
    }

    /** As {@code kill -9}; returns when it is gone. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /**
     * Starts again on the same port and data, and waits until it answers. When it was killed while it rewrote its file, it may
     * end once more before that, as what it finds torn is not the newest part: it has mended it then.
     */
    public void restart() throws IOException, InterruptedException {
        kill();
        process = launch();
        try {
            awaitAnswer();
        } catch (TerminalFailureException e) {
            process = launch();
            awaitAnswer();
        }
    }

    /** Stops the process without ending it: connections stay, and nothing is answered. */
    public void freeze() throws IOException, InterruptedException {
        signal("STOP");
    }

    public void thaw() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new IOException("kill -" + name + " " + pid() + " failed");
        }
    }

    /** Ends it; its data stays in the folder. */
    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
