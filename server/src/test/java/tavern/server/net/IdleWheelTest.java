package tavern.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** P-11: who is silent for the time is told of, not before, and not long after. */
final class IdleWheelTest {
    private static final int IDLE_SECONDS = 3;
    private static final int STEP_MILLIS = 250;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final IdleWheel wheel = onFrozenTime();
    private int told;

    private IdleWheel onFrozenTime() {
        channel.freezeTime();
        IdleWheel made = new IdleWheel(channel.eventLoop(), IDLE_SECONDS);
        channel.pipeline().addLast("idle", made.watch()).addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {}

            @Override
            public void userEventTriggered(ChannelHandlerContext context, Object event) {
                assertThat(event).isInstanceOf(IdleStateEvent.class);
                told++;
            }
        });
        return made;
    }

    private void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    private void hear() {
        channel.writeInbound(Unpooled.EMPTY_BUFFER);
    }

    @Test
    void whoIsSilentIsToldOfOnceTheTimeIsOver() {
        for (int shift = 0; shift < 2 * STEP_MILLIS; shift += 50) {
            pass(shift);
            hear();
            told = 0;
            pass(IDLE_SECONDS * 1_000 - 1);
            assertThat(told).as("shifted by %d ms", shift).isZero();
            pass(STEP_MILLIS + 1);
            assertThat(told).as("shifted by %d ms", shift).isOne();
        }
    }

    @Test
    void whoIsHeardNowAndThenIsNot() {
        for (int i = 0; i < 20; i++) {
            pass(IDLE_SECONDS * 1_000 - 10);
            hear();
        }
        assertThat(told).isZero();
    }

    @Test
    void aPauseOfTheServerIsNotTheClients() {
        channel.advanceTimeBy(1, TimeUnit.HOURS);
        hear();
        channel.runScheduledPendingTasks();
        pass(IDLE_SECONDS * 1_000 - STEP_MILLIS);
        assertThat(told).isZero();
    }

    @Test
    void whoIsGoneIsForgotten() {
        assertThat(wheel.size()).isOne();
        channel.pipeline().remove("idle");
        assertThat(wheel.size()).isZero();
        pass(2 * IDLE_SECONDS * 1_000);
        assertThat(told).isZero();
    }
}
