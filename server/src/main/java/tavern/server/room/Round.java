package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What many audiences, of one room or several, are owed at once: one task for each event loop, however many they are. */
@OnRoomThread
final class Round {
    private static final Logger log = LoggerFactory.getLogger(Round.class);

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

    // Whatever is thrown: the other tasks are sent, and the thread's ticks go on.
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
                log.error("what {} players are owed could not be sent", task.players(), e);
                task.release();
            }
        }
    }

    private record Task(EventExecutor loop, List<FanOut.Delivery> deliveries) implements Runnable {
        // What fails for one audience must not keep the others from what they are owed.
        @SuppressWarnings("IllegalCatch")
        @Override
        public void run() {
            for (FanOut.Delivery delivery : deliveries) {
                try {
                    delivery.run();
                } catch (Throwable e) {
                    log.error("what {} players were owed was not written", delivery.outlets().length, e);
                }
            }
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
