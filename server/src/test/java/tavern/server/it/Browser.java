package tavern.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.awaitility.Awaitility;

/** A tab of a headless Chromium, driven by its DevTools protocol. */
public final class Browser implements AutoCloseable {
    public static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final Path portFile;
    private final DevTools devTools;

    private Browser(Process process, Path portFile, DevTools devTools) {
        this.process = process;
        this.portFile = portFile;
        this.devTools = devTools;
    }

    /** @param folder for its profile */
    public static Browser open(Path folder) throws Exception {
        Process process = new ProcessBuilder(
                        CHROMIUM.toString(),
                        "--headless=new",
                        // Root may not use the sandbox; nothing but our own page is opened.
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + folder,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            Path portFile = folder.resolve("DevToolsActivePort");
            return new Browser(process, portFile, new DevTools(tab(portFile)));
        } catch (Exception e) {
            end(process);
            throw e;
        }
    }

    /** Another tab, in front of this one and with the same profile. They close together. */
    public Browser anotherTab() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(
                        "http://127.0.0.1:" + Files.readAllLines(portFile).get(0) + "/json/new?about:blank"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        String answer = HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
        return new Browser(process, portFile, new DevTools(debugger(JsonParser.parseString(answer))));
    }

    private static URI debugger(JsonElement tab) {
        return URI.create(tab.getAsJsonObject().get("webSocketDebuggerUrl").getAsString());
    }

    /** The address of its first tab, once the browser has it. */
    private static URI tab(Path portFile) {
        return Awaitility.await("a tab of Chromium")
                .atMost(PATIENCE)
                .until(() -> openTab(portFile), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<URI> openTab(Path portFile) throws IOException {
        List<String> lines = Files.exists(portFile) ? Files.readAllLines(portFile) : List.of();
        if (lines.size() < 2) {
            return Optional.empty();
        }
        try (var answer = new URL("http://127.0.0.1:" + lines.get(0) + "/json/list").openStream()) {
            for (JsonElement tab : JsonParser.parseString(new String(answer.readAllBytes(), UTF_8))
                    .getAsJsonArray()) {
                if (tab.getAsJsonObject().get("type").getAsString().equals("page")) {
                    return Optional.of(debugger(tab));
                }
            }
        }
        return Optional.empty();
    }

    public void go(String address) {
        devTools.ask("Page.navigate", Map.of("url", address));
    }

    public void size(int width, int height) {
        devTools.ask(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** What an expression is in the page, as a text; a problem in the page is a failure. */
    public String see(String expression) {
        JsonObject answer = devTools.ask(
                "Runtime.evaluate", Map.of("expression", "String(" + expression + ")", "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.getAsJsonObject("result").get("value").getAsString();
    }

    /** Runs a script in the page, whatever its content policy. */
    public void run(String script) {
        JsonObject answer = devTools.ask("Runtime.evaluate", Map.of("expression", script));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(String.valueOf(answer.get("exceptionDetails")));
        }
    }

    /** A press of the mouse's first button, as a person's. */
    public void mouse(double x, double y) {
        for (String type : List.of("mousePressed", "mouseReleased")) {
            devTools.ask(
                    "Input.dispatchMouseEvent",
                    Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
        }
    }

    /** A touch with one finger, as a person's. */
    public void touch(double x, double y) {
        devTools.ask(
                "Input.dispatchTouchEvent",
                Map.of("type", "touchStart", "touchPoints", List.of(Map.of("x", x, "y", y))));
        devTools.ask("Input.dispatchTouchEvent", Map.of("type", "touchEnd", "touchPoints", List.of()));
    }

    /** A press of a key, as a person's. @param name as {@code KeyboardEvent.key} has it @param code of Windows */
    public void key(String name, int code) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            devTools.ask("Input.dispatchKeyEvent", Map.of("type", type, "key", name, "windowsVirtualKeyCode", code));
        }
    }

    /** Waits until an expression is true in the page. */
    public void until(String expression) {
        until(expression, PATIENCE);
    }

    public void until(String expression, Duration patience) {
        Awaitility.await(expression)
                .atMost(patience)
                .until(() -> see(expression).equals("true"));
    }

    void hideScrollbars() {
        devTools.ask("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    }

    /** @param scheme light or dark */
    public void scheme(String scheme) {
        devTools.ask(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** What went wrong in the page so far. */
    public List<String> problems() {
        return devTools.problems();
    }

    public void screenshot(Path file) throws IOException {
        JsonObject answer = devTools.ask("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(answer.get("data").getAsString()));
    }

    /** What axe-core finds wrong in the page as it is now: one line for each kind of fault, with the elements. */
    public String axe() throws IOException {
        if (!see("typeof window.axe").equals("object")) {
            run(axeScript());
        }
        run("""
                window.axeFound = null;
                axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => {
                  window.axeFound = violations.map(({ id, help, nodes }) => (
                    `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`)).join('\\n');
                });
                """);
        until("window.axeFound !== null");
        return see("window.axeFound");
    }

    private static String axeScript() throws IOException {
        Properties about = new Properties();
        try (InputStream file =
                Browser.class.getResourceAsStream("/META-INF/maven/org.webjars.npm/axe-core/pom.properties")) {
            about.load(Objects.requireNonNull(file, "axe-core is not on the class path"));
        }
        String name = "/META-INF/resources/webjars/axe-core/" + about.getProperty("version") + "/axe.min.js";
        try (InputStream file = Browser.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), UTF_8);
        }
    }

    @Override
    public void close() {
        end(process);
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
    }
}
