package tavern.bench;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/** What the reference's and the load's event loops over io_uring have in common with Tavern's. */
public final class IoUringLoops {
    private static final int COMPLETIONS = 32_768;

    private static final String BUFFERS = "io.netty.iouring.numElementsIoVec";

    static {
        // As TavernServer does, which says why; else they alone would pay for that fault of Netty. Read once, by its
        // first class.
        if (System.getProperty(BUFFERS) == null) {
            System.setProperty(BUFFERS, "1024");
        }
    }

    private IoUringLoops() {}

    /** Whether this machine has io_uring. */
    public static boolean areAvailable() {
        return IoUring.isAvailable();
    }

    public static IoHandlerFactory handlers() {
        return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setCqSize(COMPLETIONS));
    }
}
