package tavern.testkit;

import com.google.protobuf.MessageLite;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TextFormat;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import tavern.engine.RecordingFile;
import tavern.engine.ReplayReport;
import tavern.engine.TurnReplay;
import tavern.game.GameType;

/**
 * The turns of a room, recorded by a server or by a {@link GameTest}, to be computed again: the test that a fault is mended, and
 * that what players did once still does the same.
 */
public final class GameRecording {
    private final RecordingFile recording;

    GameRecording(RecordingFile recording) {
        this.recording = recording;
    }

    /**
     * Reads a file.
     *
     * @throws UncheckedIOException when it cannot be read, or is not a recording
     */
    public static GameRecording of(Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return new GameRecording(RecordingFile.read(in));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Writes the file that {@link #of} and {@code bin/replay} read. */
    public void save(Path file) {
        try (OutputStream out = Files.newOutputStream(file)) {
            recording.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Computes all turns again. Returns how many there were.
     *
     * @throws AssertionError at the first turn of which something else comes than was recorded
     */
    public long replay(GameType<?, ?, ?> type) {
        ReplayReport report;
        try {
            report = TurnReplay.run(recording, type);
        } catch (IOException e) {
            throw new AssertionError(e.getMessage(), e);
        }
        if (report.difference() != null) {
            throw new AssertionError(report.text(GameRecording::text));
        }
        return report.turns();
    }

    private static String text(MessageLite message) {
        return message instanceof MessageOrBuilder described
                ? "{" + TextFormat.printer().emittingSingleLine(true).printToString(described) + "}"
                : HexFormat.of().formatHex(message.toByteArray());
    }
}
