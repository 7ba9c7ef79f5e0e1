package tavern.fuzz;

import com.google.protobuf.Int64Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tavern.engine.RecordingFile;
import tavern.engine.ReplayReport;
import tavern.engine.TurnReplay;
import tavern.testkit.GameTest;

/** A recording of a game's turns: it is computed again, or refused with {@link IOException}. */
final class RecordingTarget implements FuzzTarget {
    static final String NAME = "recording";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe() {
        return "a recording of turns";
    }

    @Override
    public List<byte[]> seeds() {
        var test = GameTest.of(SumGame.TYPE, Int64Value.parser()).seed(1).players("ann", "ben");
        test.says("ann", Int64Value.of(5));
        test.passes(Duration.ofSeconds(2));
        test.says("ben", Int64Value.of(-7));
        test.crash();
        test.says("ann", Int64Value.of(1));
        try {
            Path file = Files.createTempFile("tavern-fuzz", ".recording");
            try {
                test.recording().save(file);
                return List.of(Files.readAllBytes(file));
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void run(byte[] input) {
        try {
            RecordingFile recording = RecordingFile.read(new ByteArrayInputStream(input));
            ReplayReport report = TurnReplay.run(recording, SumGame.TYPE);
            if (report.turns() > recording.entries().size()) {
                throw new AssertionError("more turns than were recorded");
            }
        } catch (IOException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("a refusal without a reason", e);
            }
        }
    }
}
