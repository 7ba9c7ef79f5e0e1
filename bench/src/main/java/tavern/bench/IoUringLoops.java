package tavern.bench;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/** What the reference's and the load's event loops over io_uring have in common with Tavern's. */
public final class IoUringLoops {
    private static final int COMPLETIONS = 32_768;

    static {
        // As TavernServer does, which says why; else they alone would pay for that fault of Netty.
        System.setProperty("io.netty.iouring.numElementsIoVec", "1024");
    }

    private IoUringLoops() {}

    public static IoHandlerFactory handlers() {
        return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setCqSize(COMPLETIONS));
    }
}
