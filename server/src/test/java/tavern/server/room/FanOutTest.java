package tavern.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import org.junit.jupiter.api.Test;
import tavern.server.guard.MuteError;

final class FanOutTest {
    private final EmbeddedChannel thread = new EmbeddedChannel();

    @Test
    void whatFailsForOneCostsOnlyTheOne() {
        Ear broken = new Ear(true);
        Ear well = new Ear(false);
        FanOut audience = new FanOut(new DirtyFlag());
        audience.add(broken);
        audience.add(well);
        ByteBuf frame = Unpooled.directBuffer().writeByte(1);
        SendBatch batch = new SendBatch();
        audience.collect(List.of(frame), null, null, batch);
        batch.send();
        frame.release();
        thread.runPendingTasks();

        assertThat(broken.failed).isTrue();
        assertThat(well.failed).isFalse();
        assertThat(well.heard).isEqualTo(1);
        assertThat(frame.refCnt()).isZero();
    }

    private final class Ear implements Outlet {
        private final boolean broken;
        private boolean failed;
        private int heard;

        Ear(boolean broken) {
            this.broken = broken;
        }

        @Override
        public EventExecutor loop() {
            return thread.eventLoop();
        }

        @Override
        public void write(ByteBuf frame) {
            frame.release();
            if (broken) {
                throw new MuteError();
            }
            heard++;
        }

        @Override
        public void writeSnapshot(ByteBuf frame, int tick, int previousTick) {
            frame.release();
        }

        @Override
        public void writeState(ByteBuf frame, int tick) {
            frame.release();
        }

        @Override
        public void inStep(int tick) {
            // It has no snapshots.
        }

        @Override
        public void flush() {
            // All is heard at once.
        }

        @Override
        public void failed() {
            failed = true;
        }

        @Override
        public boolean isBehind() {
            return false;
        }

        @Override
        public boolean needsState() {
            return false;
        }
    }
}
