package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;

/**
 * Collects what is due to many audiences, of one room or several, so that each event loop gets a single task for all of
 * them.
 */
@OnRoomThread
final class SendBatch {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(SendBatch.class));

    private List<Task> tasks = new ArrayList<>();

    /** Keeps the frames until they are written. */
    void add(EventExecutor loop, FanOut.Delivery delivery) {
        delivery.retain();
        taskOn(loop).deliveries().add(delivery);
    }

    private Task taskOn(EventExecutor loop) {
        for (Task task : tasks) {
            if (task.loop() == loop) {
                return task;
            }
        }
        Task task = new Task(loop, new ArrayList<>());
        tasks.add(task);
        return task;
    }

    // Whatever is thrown, the other tasks are sent, and the thread's ticks continue.
    @SuppressWarnings("IllegalCatch")
    void send() {
        List<Task> due = tasks;
        tasks = new ArrayList<>();
        for (Task task : due) {
            try {
                task.loop().execute(task);
            } catch (RejectedExecutionException e) {
                // The loop is shut down, and its connections with it.
                task.release();
            } catch (Throwable e) {
                log.error("frames due to {} players could not be sent", task.players(), e);
                task.release();
            }
        }
    }

    private record Task(EventExecutor loop, List<FanOut.Delivery> deliveries) implements Runnable {
        @Override
        public void run() {
            deliveries.forEach(FanOut.Delivery::run);
        }

        int players() {
            return deliveries.stream()
                    .mapToInt(delivery -> delivery.outlets().length)
                    .sum();
        }

        void release() {
            deliveries.forEach(FanOut.Delivery::release);
        }
    }
}
