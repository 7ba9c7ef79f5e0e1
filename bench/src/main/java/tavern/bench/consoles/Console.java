package tavern.bench.consoles;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One open console, as the web page opens it: its event stream, and the API request that its view repeats. */
final class Console implements AutoCloseable {
    /**
     * A view of the page.
     *
     * @param room the room whose events are streamed too; empty for none
     * @param path the API path that the view requests periodically; empty for none
     */
    record View(String room, String path, int everyMillis) {
        static View overview() {
            return new View("", "", 0);
        }

        static View room(String name) {
            return new View(name, "", 0);
        }

        static View list(String path, int everyMillis) {
            return new View("", path, everyMillis);
        }
    }

    private final HttpClient client;
    private final URI server;
    private final String token;
    private final InputStream events;
    private final LongAdder heard = new LongAdder();
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private volatile @Nullable String problem;

    private Console(HttpClient client, URI server, String token, InputStream events) {
        this.client = client;
        this.server = server;
        this.token = token;
        this.events = events;
    }

    /** Blocks until the console's stream is open. */
    static Console open(HttpClient client, URI server, String token, View view)
            throws IOException, InterruptedException {
        String path = "/api/v1/stream" + (view.room().isEmpty() ? "" : "?room=" + view.room());
        HttpResponse<InputStream> stream = client.send(
                request(server, token, path, "text/event-stream"), HttpResponse.BodyHandlers.ofInputStream());
        if (stream.statusCode() != 200) {
            throw new IOException("a console was answered " + stream.statusCode());
        }
        Console console = new Console(client, server, token, stream.body());
        console.threads.execute(console::listen);
        if (!view.path().isEmpty()) {
            console.threads.scheduleAtFixedRate(
                    () -> console.query(view.path()), 0, view.everyMillis(), TimeUnit.MILLISECONDS);
        }
        return console;
    }

    private static HttpRequest request(URI server, String token, String path, String accepted) {
        return HttpRequest.newBuilder(server.resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Accept", accepted)
                .build();
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) {
                    heard.increment();
                }
            }
        } catch (IOException e) {
            problem = e.toString();
        }
    }

    private void query(String path) {
        try {
            int status = client.send(
                            request(server, token, path, "application/json"), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
            if (status != 200) {
                problem = path + " was answered " + status;
            }
        } catch (IOException e) {
            problem = e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the number of events so far. @throws IOException if a request or the stream failed */
    long heard() throws IOException {
        String wrong = problem;
        if (wrong != null) {
            throw new IOException("a console: " + wrong);
        }
        return heard.sum();
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        events.close();
    }
}
