package tavern.bench.fanout;

import io.netty.channel.EventLoopGroup;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The load's event loops. */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for idle threads to end
final class Loops {
    private Loops() {}

    static void close(@Nullable EventLoopGroup loops) {
        if (loops != null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }
}
