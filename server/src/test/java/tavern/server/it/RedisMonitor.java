package tavern.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens to all commands that a Redis receives from now on. */
final class RedisMonitor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisMonitor.class);

    private final Socket socket;
    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final Collection<String> wanted;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    /** @param words commands with any of them as an argument are kept */
    RedisMonitor(String uri, Collection<String> words) throws IOException {
        URI address = URI.create(uri);
        socket = new Socket(address.getHost(), address.getPort());
        wanted = words.stream().map(word -> '"' + word + '"').toList();
        socket.getOutputStream().write("MONITOR\r\n".getBytes(UTF_8));
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        if (!"+OK".equals(in.readLine())) {
            throw new IOException("this Redis cannot be listened to");
        }
        thread.execute(() -> listen(in));
    }

    private void listen(BufferedReader in) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (wanted.stream().anyMatch(line::contains)) {
                    commands.add(line);
                }
            }
        } catch (IOException e) {
            log.trace("stopped listening", e);
        }
    }

    List<String> commands() {
        return commands;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        thread.shutdownNow();
    }
}
