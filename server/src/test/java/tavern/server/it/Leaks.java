package tavern.server.it;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/** Makes Netty's leak detector report at once what it would report some day. */
final class Leaks {
    private Leaks() {}

    /** When this returns, every lost buffer has been logged as an error that begins with {@code LEAK:}. */
    static void surface() {
        ReferenceQueue<Object> collected = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), collected);
        await("garbage collection").until(() -> {
            System.gc();
            return canary.get() == null && collected.poll() != null;
        });
        // The detector looks for lost buffers when it begins to watch another one.
        PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
    }
}
