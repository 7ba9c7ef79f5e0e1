package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** What many audiences, of one room or several, are owed at once: one task for each event loop, however many they are. */
@OnRoomThread
final class Round {
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

    void send() {
        List<Task> due = tasks;
        tasks = new ArrayList<>();
        for (Task task : due) {
            try {
                task.loop().execute(task);
            } catch (RejectedExecutionException e) {
                // The loop is shut down, and its connections with it.
                task.release(0);
            }
        }
    }

    private record Task(EventExecutor loop, List<FanOut.Delivery> deliveries) implements Runnable {
        @Override
        public void run() {
            int next = 0;
            try {
                while (next < deliveries.size()) {
                    deliveries.get(next++).run();
                }
            } finally {
                release(next);
            }
        }

        void release(int from) {
            deliveries.subList(from, deliveries.size()).forEach(FanOut.Delivery::release);
        }
    }
}
