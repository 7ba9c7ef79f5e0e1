package tavern.sim.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;

/** The date on one server, which other processes of the machine do not share. Safe on any thread. */
final class NodeClock {
    private final Path folder;
    private final MappedByteBuffer ahead;

    private NodeClock(Path folder, MappedByteBuffer ahead) {
        this.folder = folder;
        this.ahead = ahead;
    }

    /** Puts into the folder what a server's Java needs to have such a clock. Its time is right at first. */
    static NodeClock in(Path folder) throws IOException {
        String name = SettableClock.class.getName();
        Path type = folder.resolve(name.replace('.', '/') + ".class");
        Files.createDirectories(type.resolveSibling("."));
        try (InputStream in =
                SettableClock.class.getResourceAsStream(type.getFileName().toString())) {
            if (in == null) {
                throw new IOException("no " + type.getFileName() + " on the class path");
            }
            Files.copy(in, type);
        }
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(InstantSource.class.getName()), name + "\n");
        try (FileChannel channel = FileChannel.open(
                folder.resolve("ahead"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            return new NodeClock(folder, channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES));
        }
    }

    /** What gives a server this clock (Clocks.java). The folder's path must have no blanks. */
    String javaOptions() {
        return "-Xbootclasspath/a:" + folder + " -D" + SettableClock.FILE_PROPERTY + "=" + folder.resolve("ahead");
    }

    /** Sets it. @param millis how far ahead of the machine's clock it is from now on; negative: behind */
    void setAhead(long millis) {
        SettableClock.AHEAD.setVolatile(ahead, 0, millis);
    }
}
