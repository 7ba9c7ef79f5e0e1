package tavern.sim.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The date in a server whose clock is set by {@link NodeClock}, in another process. Servers find it as Java's services are found.
 * It runs there without any other class of this module.
 */
public final class SettableClock implements InstantSource {
    static final String FILE_PROPERTY = "tavern.chaos.clock";

    /** The only thing in the file: how many milliseconds it is ahead of the machine's clock. */
    static final VarHandle AHEAD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final MappedByteBuffer file;

    public SettableClock() {
        try (FileChannel channel = FileChannel.open(Path.of(System.getProperty(FILE_PROPERTY)))) {
            file = channel.map(FileChannel.MapMode.READ_ONLY, 0, Long.BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long millis() {
        return System.currentTimeMillis() + (long) AHEAD.getVolatile(file, 0);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
