package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.IovArray;
import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Test;

final class IoUringBuffersTest {
    /** Otherwise a loop over io_uring makes empty writes once a round has that many buffers. */
    @Test
    void theArrayOfALoopIsFullWhenNettyPutsNoMoreIntoIt() throws Exception {
        assumeTrue(Epoll.isAvailable(), "an array needs Netty's native library");
        MethodHandles.lookup().ensureInitialized(TavernServer.class);
        IovArray array = new IovArray(Integer.getInteger("io.netty.iouring.numElementsIoVec"));
        ByteBuf buffer = Unpooled.directBuffer(1).writeByte(0);
        try {
            int added = 0;
            while (array.add(buffer, 0, 1)) {
                added++;
            }
            assertThat(added).isEqualTo(1_024);
            assertThat(array.isFull()).isTrue();
        } finally {
            array.release();
            buffer.release();
        }
    }
}
