package tavern.server.feed.rabbitmq;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the feed's threads. They are daemons, so that one blocked by a broken broker does not keep the process alive.
 */
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
