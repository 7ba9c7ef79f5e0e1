package tavern.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** A headless Chromium with one tab, driven by its DevTools protocol. */
final class Browser implements AutoCloseable {
    static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process process;
    private final DevTools devTools;

    private Browser(Process process, DevTools devTools) {
        this.process = process;
        this.devTools = devTools;
    }

    /** @param folder for its profile */
    static Browser open(Path folder) throws Exception {
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
            return new Browser(process, new DevTools(tab(folder.resolve("DevToolsActivePort"))));
        } catch (Exception e) {
            end(process);
            throw e;
        }
    }

    /** The address of its one tab, once the browser has written down its port. */
    private static URI tab(Path portFile) throws IOException {
        Awaitility.await("Chromium")
                .atMost(PATIENCE)
                .until(() ->
                        Files.exists(portFile) && Files.readAllLines(portFile).size() > 1);
        String port = Files.readAllLines(portFile).get(0);
        try (var answer = new URL("http://127.0.0.1:" + port + "/json/list").openStream()) {
            for (JsonElement tab : JsonParser.parseString(new String(answer.readAllBytes(), UTF_8))
                    .getAsJsonArray()) {
                if (tab.getAsJsonObject().get("type").getAsString().equals("page")) {
                    return URI.create(
                            tab.getAsJsonObject().get("webSocketDebuggerUrl").getAsString());
                }
            }
        }
        throw new IOException("Chromium has no tab");
    }

    void go(String address) {
        devTools.ask("Page.navigate", Map.of("url", address));
    }

    void size(int width, int height) {
        devTools.ask(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** What an expression is in the page, as a text; a problem in the page is a failure. */
    String see(String expression) {
        JsonObject answer = devTools.ask(
                "Runtime.evaluate", Map.of("expression", "String(" + expression + ")", "returnByValue", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.getAsJsonObject("result").get("value").getAsString();
    }

    /** Runs a script in the page, whatever its content policy. */
    void run(String script) {
        JsonObject answer = devTools.ask("Runtime.evaluate", Map.of("expression", script));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(String.valueOf(answer.get("exceptionDetails")));
        }
    }

    /** A press of the mouse's first button, as a person's. */
    void mouse(double x, double y) {
        for (String type : List.of("mousePressed", "mouseReleased")) {
            devTools.ask(
                    "Input.dispatchMouseEvent",
                    Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1));
        }
    }

    /** A press of a key, as a person's. @param name as {@code KeyboardEvent.key} has it @param code of Windows */
    void key(String name, int code) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            devTools.ask("Input.dispatchKeyEvent", Map.of("type", type, "key", name, "windowsVirtualKeyCode", code));
        }
    }

    /** Waits until an expression is true in the page. */
    void until(String expression) {
        until(expression, PATIENCE);
    }

    void until(String expression, Duration patience) {
        Awaitility.await(expression)
                .atMost(patience)
                .until(() -> see(expression).equals("true"));
    }

    void hideScrollbars() {
        devTools.ask("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    }

    /** @param scheme light or dark */
    void scheme(String scheme) {
        devTools.ask(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    /** What went wrong in the page so far. */
    List<String> problems() {
        return devTools.problems();
    }

    void screenshot(Path file) throws IOException {
        JsonObject answer = devTools.ask("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(answer.get("data").getAsString()));
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
