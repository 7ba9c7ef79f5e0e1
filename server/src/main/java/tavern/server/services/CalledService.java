package tavern.server.services;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;
import tavern.engine.EngineLimits;
import tavern.game.Reply;
import tavern.server.guard.PacedLog;
import tavern.server.room.ServiceCall;

/** One service: so many tries at once, and so many calls that wait. All but {@link #call} happens on the thread of services. */
final class CalledService {
    private static final PacedLog log = PacedLog.perSecond(LoggerFactory.getLogger(CalledService.class));
    private static final long PAUSE_MILLIS_MAX = 60_000;
    private static final String CONTENT_TYPE = "application/x-protobuf";

    private static final class Pending {
        final ServiceCall call;
        final CompletableFuture<Reply> reply = new CompletableFuture<>();
        int tries;
        boolean isUnderWay;
        boolean isHeld = true;

        Pending(ServiceCall call) {
            this.call = call;
        }
    }

    /** @param isFinal otherwise it may be tried again */
    private record Outcome(Reply reply, boolean isFinal) {
        static Outcome failed(Reply.Cause cause, String text, boolean isFinal) {
            return new Outcome(new Reply.Failed(cause, text), isFinal);
        }
    }

    private final ServiceSettings settings;
    private final HttpClient client;
    private final ScheduledExecutorService thread;
    private final SplittableRandom chance;
    private final Counter done;
    private final Counter failed;
    private final Counter tries;

    /** Calls that are here. */
    private final AtomicInteger held = new AtomicInteger();

    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private int underWay;

    CalledService(
            ServiceSettings settings,
            HttpClient client,
            ScheduledExecutorService thread,
            SplittableRandom chance,
            MeterRegistry metrics) {
        this.settings = settings;
        this.client = client;
        this.thread = thread;
        this.chance = chance;
        this.done = metrics.counter("tavern.service.calls", "service", name(), "outcome", "done");
        this.failed = metrics.counter("tavern.service.calls", "service", name(), "outcome", "failed");
        this.tries = metrics.counter("tavern.service.tries", "service", name());
        Gauge.builder("tavern.service.calls.held", held, AtomicInteger::get)
                .tag("service", name())
                .register(metrics);
    }

    String name() {
        return settings.name();
    }

    CompletableFuture<Reply> call(ServiceCall call) {
        int max = settings.atOnceMax() + settings.waitingMax();
        if (held.incrementAndGet() > max) {
            held.decrementAndGet();
            failed.increment();
            // Without a try, but an earlier life of the room may have made one.
            return CompletableFuture.completedFuture(new Reply.Failed(
                    Reply.Cause.UNAVAILABLE,
                    max + " calls of service " + name() + " are under way; raise its waiting-max, or at-once-max"));
        }
        Pending pending = new Pending(call);
        pending.reply.whenComplete((reply, failure) -> {
            if (pending.reply.isCancelled()) {
                onThread(() -> cancelled(pending));
            }
        });
        onThread(() -> {
            waiting.addLast(pending);
            next();
        });
        return pending.reply;
    }

    /** Nobody is interested any more. A try that is under way keeps its place until it ends. */
    private void cancelled(Pending pending) {
        if (!pending.isUnderWay) {
            waiting.remove(pending);
            release(pending);
        }
    }

    private void release(Pending pending) {
        if (pending.isHeld) {
            pending.isHeld = false;
            held.decrementAndGet();
        }
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            // The rooms have ended; their next life makes the calls again.
        }
    }

    private void next() {
        while (underWay < settings.atOnceMax()) {
            Pending pending = waiting.pollFirst();
            if (pending == null) {
                return;
            }
            if (!pending.reply.isDone()) {
                attempt(pending);
            }
        }
    }

    private void attempt(Pending pending) {
        underWay++;
        pending.isUnderWay = true;
        pending.tries++;
        tries.increment();
        CompletableFuture<HttpResponse<ByteString>> exchange = begin(pending.call);
        Future<?> timeout =
                thread.schedule(() -> exchange.cancel(true), settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        exchange.whenComplete((response, failure) -> onThread(() -> {
            timeout.cancel(false);
            underWay--;
            pending.isUnderWay = false;
            ended(pending, failure == null ? answered(response) : broken(failure));
            next();
        }));
    }

    // What the client throws at once must not leave a place taken.
    @SuppressWarnings("IllegalCatch")
    private CompletableFuture<HttpResponse<ByteString>> begin(ServiceCall call) {
        try {
            return send(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<HttpResponse<ByteString>> send(ServiceCall call) {
        HttpRequest.Builder request = HttpRequest.newBuilder(settings.url());
        settings.headers().forEach(request::setHeader);
        request.setHeader("Content-Type", CONTENT_TYPE)
                .setHeader(ServiceSettings.KEY_HEADER, call.key())
                .setHeader(ServiceSettings.ROOM_HEADER, call.room().name())
                .setHeader(ServiceSettings.CALL_HEADER, call.call())
                .POST(HttpRequest.BodyPublishers.ofByteArray(call.request().toByteArray()));
        return client.sendAsync(
                request.build(),
                response -> response.statusCode() / 100 == 2
                        ? new BoundedBody(EngineLimits.REPLY_BYTES_MAX)
                        : HttpResponse.BodySubscribers.replacing(ByteString.EMPTY));
    }

    private static Outcome answered(HttpResponse<ByteString> response) {
        int status = response.statusCode();
        if (status / 100 == 2) {
            return new Outcome(new Reply.Ok(response.body()), true);
        }
        String text = "status " + status;
        // Of a request under a known key, 409 says that the first one is still being worked on.
        boolean isTemporary = status >= 500 || status == 408 || status == 409 || status == 425 || status == 429;
        return isTemporary
                ? Outcome.failed(Reply.Cause.UNAVAILABLE, text, false)
                : Outcome.failed(Reply.Cause.REFUSED, text, true);
    }

    private static Outcome broken(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BoundedBody.TooLargeException tooLarge) {
                return Outcome.failed(Reply.Cause.TOO_LARGE, String.valueOf(tooLarge.getMessage()), true);
            }
            if (cause instanceof CancellationException) {
                return Outcome.failed(Reply.Cause.TIMED_OUT, "no answer in time", false);
            }
        }
        Throwable root = failure.getCause() == null ? failure : failure.getCause();
        return Outcome.failed(Reply.Cause.UNAVAILABLE, root.toString(), false);
    }

    private void ended(Pending pending, Outcome outcome) {
        if (!outcome.isFinal() && pending.tries < settings.tries() && !pending.reply.isDone()) {
            long pause = pauseMillis(pending.tries);
            log.info(
                    "call {} ({}) of service {} failed, again in {} ms: {}",
                    pending.call.key(),
                    pending.call.call(),
                    name(),
                    pause,
                    text(outcome.reply()));
            thread.schedule(() -> again(pending), pause, TimeUnit.MILLISECONDS);
            return;
        }
        release(pending);
        if (pending.reply.isDone()) {
            return; // nobody is interested any more
        }
        if (outcome.reply() instanceof Reply.Ok) {
            done.increment();
        } else {
            failed.increment();
            log.warn(
                    "call {} ({}) of service {} has failed after {} tries: {}",
                    pending.call.key(),
                    pending.call.call(),
                    name(),
                    pending.tries,
                    text(outcome.reply()));
        }
        pending.reply.complete(outcome.reply());
    }

    private void again(Pending pending) {
        if (!pending.reply.isDone()) {
            waiting.addLast(pending);
            next();
        }
    }

    private static String text(Reply reply) {
        return reply instanceof Reply.Failed why ? why.cause() + ", " + why.text() : "done";
    }

    /** From half of it on, so that those that failed together do not come again together. */
    private long pauseMillis(int failures) {
        Duration first = settings.retry();
        long whole = Math.min(PAUSE_MILLIS_MAX, first.toMillis() << Math.min(failures - 1, 16));
        return whole / 2 + chance.nextLong(whole / 2 + 1);
    }
}
