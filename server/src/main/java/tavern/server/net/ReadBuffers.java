package tavern.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Allocates read buffers for io_uring. There the buffer is allocated before anything is read, and an exception at that
 * point would end the event loop with all its connections. So when no memory is left, the buffer is empty: the kernel
 * reads nothing into it, which Netty takes for the end of this one connection.
 */
final class ReadBuffers extends AdaptiveRecvByteBufAllocator {
    private final OutboundBudget budget;

    ReadBuffers(OutboundBudget budget) {
        this.budget = budget;
    }

    // io_uring requires the superclass's handle.
    @SuppressWarnings("deprecation")
    @Override
    public Handle newHandle() {
        return new SafeHandle((RecvByteBufAllocator.ExtendedHandle) super.newHandle(), budget);
    }

    private static final class SafeHandle extends RecvByteBufAllocator.DelegatingHandle
            implements RecvByteBufAllocator.ExtendedHandle {
        private final OutboundBudget budget;

        SafeHandle(RecvByteBufAllocator.ExtendedHandle handle, OutboundBudget budget) {
            super(handle);
            this.budget = budget;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            try {
                return super.allocate(allocator);
            } catch (OutOfMemoryError e) {
                budget.allocationFailed(e);
                return Unpooled.EMPTY_BUFFER;
            }
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return ((RecvByteBufAllocator.ExtendedHandle) delegate()).continueReading(maybeMoreData);
        }
    }
}
