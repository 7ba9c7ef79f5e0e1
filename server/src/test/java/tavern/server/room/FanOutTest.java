package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FanOutTest {
    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final FanOut audience = new FanOut(new DirtyFlag());

    private Ear ear(boolean isBroken) {
        Ear ear = new Ear(thread.eventLoop(), isBroken);
        audience.add(ear);
        return ear;
    }

    private ByteBuf sent() {
        ByteBuf frame = Unpooled.directBuffer().writeByte(1);
        SendBatch batch = new SendBatch();
        audience.collect(List.of(frame), null, null, batch);
        batch.send();
        frame.release();
        thread.runPendingTasks();
        return frame;
    }

    @Test
    void whatFailsForOneCostsOnlyTheOne() {
        Ear broken = ear(true);
        Ear well = ear(false);

        ByteBuf frame = sent();

        assertThat(broken.hasFailed()).isTrue();
        assertThat(well.hasFailed()).isFalse();
        assertThat(well.heard()).isEqualTo(1);
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void whoseBarrierIsClosedHearsItLater() {
        Ear late = ear(false);
        Ear other = ear(false);
        late.barrier().close();

        ByteBuf frame = sent();
        assertThat(other.heard()).isEqualTo(1);
        assertThat(late.heard()).isZero();

        late.barrier().open();
        assertThat(late.heard()).isEqualTo(1);
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void whatNobodyCanWaitForIsReleased() {
        Ear late = ear(false);
        late.barrier().close();
        for (int i = 0; i < Barrier.WAITING_MAX; i++) {
            late.barrier().pass(() -> {});
        }

        assertThat(sent().refCnt()).isZero();

        assertThat(late.hasFailed()).isTrue();
    }
}
