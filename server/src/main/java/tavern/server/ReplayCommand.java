package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tavern.engine.RecordingFile;
import tavern.engine.ReplayReport;
import tavern.engine.TurnReplay;
import tavern.game.GameType;
import tavern.server.games.GameJar;
import tavern.server.games.GameJson;

/** Computes the turns of a recording again, with the game out of a jar. Needs no server. */
@Command(
        name = "bin/replay",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Computes the turns of a recording again, and compares what comes of each.",
        footer = {
            "",
            "Exits with 0 when all turns are the same, 1 at the first one that is not, 2 when they cannot be computed."
        })
public final class ReplayCommand implements Callable<Integer> {
    private static final int DIFFERENT = 1;
    private static final int UNUSABLE = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "FILE", description = "The recording, as the console and the API give it.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "JAR", description = "The jar that was loaded when the room was recorded.")
    private Path jar = Path.of("");

    public static void main(String[] arguments) {
        PrintWriter out = new PrintWriter(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        System.exit(new CommandLine(new ReplayCommand()).setOut(out).execute(arguments));
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            RecordingFile recording = read();
            out.println(describe(recording));
            ReplayReport report =
                    TurnReplay.run(recording, game(recording.header().getGame()));
            out.println(report.text(message -> GameJson.of(message).toString()));
            return report.difference() == null ? 0 : DIFFERENT;
        } catch (IOException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("bin/replay: " + e.getMessage());
            err.flush();
            return UNUSABLE;
        } finally {
            out.flush();
        }
    }

    private RecordingFile read() throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is not a file");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return RecordingFile.read(in);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private GameType<?, ?, ?> game(String name) throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new IOException(jar + " is not a file");
        }
        GameJar loaded = GameJar.load(jar, 0);
        return loaded.games().stream()
                .filter(game -> game.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException("the recording is of game " + name + "; " + jar + " has "
                        + loaded.games().stream().map(GameType::name).collect(Collectors.joining(", "))));
    }

    private static String describe(RecordingFile recording) {
        return "room " + recording.header().getRoom() + " of type "
                + recording.header().getType() + ", game " + recording.header().getGame() + ", recorded by "
                + recording.header().getServer()
                + (recording.header().getTurnsLeftOut() == 0
                        ? ""
                        : "; " + recording.header().getTurnsLeftOut() + " earlier turns are not in it");
    }
}
