package tavern.server.ops;

import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The library that draws the page's charts, from its WebJar: a jar without folders, so each file is found by name. */
final class Charts {
    private static final String FOLDER = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
    private static final Map<String, String> TYPES = Map.of(
            "uPlot.esm.js", "text/javascript; charset=utf-8",
            "uPlot.min.css", "text/css; charset=utf-8");

    private Charts() {}

    static void serve(JavalinConfig config) {
        for (Map.Entry<String, String> file : TYPES.entrySet()) {
            byte[] contents = read(FOLDER + file.getKey());
            config.routes.addHttpHandler(
                    HandlerType.GET,
                    "/lib/" + file.getKey(),
                    context -> context.contentType(file.getValue()).result(contents));
        }
    }

    private static byte[] read(String name) {
        try (InputStream file = Charts.class.getResourceAsStream(name)) {
            if (file == null) {
                throw new IllegalStateException(name + " is not on the class path; build again");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
