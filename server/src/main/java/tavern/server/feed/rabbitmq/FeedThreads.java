package tavern.server.feed.rabbitmq;

import java.util.concurrent.ThreadFactory;

/** The feed's threads. Daemons: one that a broken broker holds does not keep the process from ending. */
final class FeedThreads implements ThreadFactory {
    private final String name;

    FeedThreads(String name) {
        this.name = name;
    }

    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
