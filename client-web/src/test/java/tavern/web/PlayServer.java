package tavern.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tavern.sim.play.PlayMain;

/** What serves a page, in a process of its own. */
final class PlayServer implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("Play at (\\S+)");

    private final Process process;
    private final String address;

    private PlayServer(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** @param options where the page is, and who else plays */
    static PlayServer start(int gamePort, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                PlayMain.class.getName(),
                "--server=127.0.0.1:" + gamePort));
        command.addAll(List.of(options));
        return start(new ProcessBuilder(command));
    }

    static PlayServer start(ProcessBuilder command) throws IOException {
        Process process = command.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return new PlayServer(process, address(process));
    }

    private static String address(Process process) throws IOException {
        BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher told = ADDRESS.matcher(line);
            if (told.find()) {
                return told.group(1);
            }
        }
        throw new IOException(
                "the page's server ended with " + process.onExit().join().exitValue());
    }

    String address() {
        return address;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
