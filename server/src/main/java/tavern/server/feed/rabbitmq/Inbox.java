package tavern.server.feed.rabbitmq;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The relay's task queue. Bounded by what adds tasks: an answer for each message in flight and for each request to the
 * store, and one wake-up.
 */
final class Inbox {
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    /** Adds a task. Safe on any thread; returns at once. */
    void add(Runnable task) {
        tasks.add(task);
    }

    /** Runs all tasks, after waiting up to {@code millisMax} for the first one. */
    void work(long millisMax) throws InterruptedException {
        Runnable task = tasks.poll(millisMax, TimeUnit.MILLISECONDS);
        if (task != null) {
            task.run();
            workOff();
        }
    }

    /** Runs all tasks in the queue, without waiting. */
    void workOff() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
