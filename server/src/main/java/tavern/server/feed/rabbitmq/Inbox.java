package tavern.server.feed.rabbitmq;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Notes for the relay's thread. Bounded by what causes them: an answer for each message in flight and each question to
 * the store, one wake-up.
 */
final class Inbox {
    private final BlockingQueue<Runnable> notes = new LinkedBlockingQueue<>();

    /** Any thread; returns at once. */
    void add(Runnable note) {
        notes.add(note);
    }

    /** Does what the notes say, after waiting for the first one, but not longer than this. */
    void work(long millisMax) throws InterruptedException {
        Runnable note = notes.poll(millisMax, TimeUnit.MILLISECONDS);
        if (note != null) {
            note.run();
            workOff();
        }
    }

    /** Does what the notes say that are there. */
    void workOff() {
        for (Runnable note = notes.poll(); note != null; note = notes.poll()) {
            note.run();
        }
    }
}
