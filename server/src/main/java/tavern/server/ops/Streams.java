package tavern.server.ops;

import io.javalin.http.Context;
import io.javalin.http.sse.SseClient;
import io.javalin.http.sse.SseHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.guard.PacedLog;
import tavern.server.room.Rooms;

/**
 * Live consoles, by server-sent events: {@code overview} once a second, {@code room} five times a second for the
 * watched room. Each event is made once for all consoles, so that five consoles cost a room no more than one. A console
 * that reads slowly gets fewer events.
 */
final class Streams implements AutoCloseable {
    static final int STREAMS_MAX = 32;
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(Streams.class));
    private static final int TURNS_PER_SECOND = 5;

    private final Sampler sampler;
    private final Rooms rooms;
    private final KnownOperators operators;
    private final List<ConsoleStream> watchers = new CopyOnWriteArrayList<>();
    private final Semaphore places = new Semaphore(STREAMS_MAX);
    private final RoomWatches watches = new RoomWatches();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ops-timer", true));
    /** One thread for each console that is being written to, since a slow console blocks its thread. */
    private final ThreadPoolExecutor writers = new ThreadPoolExecutor(
            0,
            STREAMS_MAX,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            new DefaultThreadFactory("ops-stream", true));

    private long turns;

    Streams(Sampler sampler, Rooms rooms, KnownOperators operators) {
        this.sampler = sampler;
        this.rooms = rooms;
        this.operators = operators;
    }

    void start() {
        timer.scheduleAtFixedRate(this::guardedTurn, 1_000, 1_000 / TURNS_PER_SECOND, TimeUnit.MILLISECONDS);
    }

    void open(Context context, ApiRequest call) {
        if (!String.valueOf(context.header("Accept")).contains("text/event-stream")) {
            throw new RequestRefusedException(406, "NOT_ACCEPTABLE", "send Accept: text/event-stream");
        }
        RoomId room = call.roomIfGiven("room");
        if (!places.tryAcquire()) {
            throw new RequestRefusedException(
                    503, "TOO_MANY_STREAMS", STREAMS_MAX + " consoles are open already; close one", 10);
        }
        boolean begun = false;
        try {
            new SseHandler(0, client -> join(client, call.operator(), room)).handle(context);
            begun = true;
        } finally {
            if (!begun) {
                // It was closed before it was registered.
                places.release();
            }
        }
    }

    private void join(SseClient client, Operator operator, @Nullable RoomId room) {
        BoundedConnector.beginWait(client.ctx());
        ConsoleStream watcher = new ConsoleStream(client, operator, room);
        watchers.add(watcher);
        client.onClose(() -> {
            if (watchers.remove(watcher)) {
                places.release();
            }
        });
        client.keepAlive();
    }

    /** Catches everything, because a timer's task that throws is never run again. */
    @SuppressWarnings("IllegalCatch")
    private void guardedTurn() {
        try {
            turn();
        } catch (Throwable e) {
            log.error("consoles were not updated", e);
        }
    }

    private void turn() {
        boolean wholeSecond = turns % TURNS_PER_SECOND == 0;
        if (turns++ % 2 == 0) {
            operators.refresh();
        }
        logOut();
        String overview = null;
        if (wholeSecond) {
            Overview sampled = sampler.sample();
            overview = watchers.isEmpty() ? null : Json.write(sampled);
        }
        if (watchers.isEmpty() && watches.isEmpty()) {
            return;
        }
        watches.ask(rooms, watchers.stream().map(ConsoleStream::room).filter(Objects::nonNull));
        for (ConsoleStream watcher : watchers) {
            String seen = watcher.room() == null ? null : watches.newest(watcher.room());
            watcher.send(overview, seen, writers);
        }
    }

    /** A console whose token or session is no longer valid must connect again, and is refused. */
    private void logOut() {
        for (ConsoleStream watcher : watchers) {
            if (!operators.isValid(watcher.operator())) {
                watcher.close();
            }
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        writers.shutdownNow();
        watchers.forEach(ConsoleStream::close);
    }
}
