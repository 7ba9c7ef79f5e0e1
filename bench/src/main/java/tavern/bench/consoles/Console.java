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

/** One console that is open, as the page opens it: its stream of events, and what its view asks for now and then. */
final class Console implements AutoCloseable {
    /**
     * A view of the page.
     *
     * @param room whose events come too; empty: none
     * @param asked a path of the API that is asked for again and again; empty: none
     */
    record View(String room, String asked, int everyMillis) {
        static View overview() {
            return new View("", "", 0);
        }

        static View room(String name) {
            return new View(name, "", 0);
        }

        static View list(String asked, int everyMillis) {
            return new View("", asked, everyMillis);
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

    /** Blocks until its stream is open. */
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
        if (!view.asked().isEmpty()) {
            console.threads.scheduleAtFixedRate(
                    () -> console.ask(view.asked()), 0, view.everyMillis(), TimeUnit.MILLISECONDS);
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

    private void ask(String path) {
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

    /** Events so far. @throws IOException when it was not served */
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
