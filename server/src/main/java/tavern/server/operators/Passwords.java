package tavern.server.operators;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Computes hashes of passwords, one at a time, so that attempts to sign in never take more than one core from players.
 * Safe on any thread.
 */
public final class Passwords implements AutoCloseable {
    static final int WAITING_MAX = 16;

    private final int iterations;
    /** The hash of no password: checking it takes as long as checking anybody's. */
    private final String nobodys;

    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING_MAX),
            new DefaultThreadFactory("ops-passwords", true));

    public Passwords(int iterations) {
        this.iterations = iterations;
        nobodys = PasswordHash.ofNobody(iterations);
        threads.allowCoreThreadTimeOut(true);
    }

    /** Throws {@link OperatorException} when nobody should have this password. */
    public CompletionStage<String> hash(String password, String operator) {
        PasswordHash.require(password, operator);
        return submit(() -> PasswordHash.of(password, iterations));
    }

    /** @param hash of an account; empty if there is no account, or no password: then nothing matches, as slowly */
    CompletionStage<Boolean> matches(String password, String hash) {
        return hash.isEmpty()
                ? submit(() -> PasswordHash.matches(password, nobodys)).thenApply(ignored -> false)
                : submit(() -> PasswordHash.matches(password, hash));
    }

    /**
     * Hashes a password that has this hash anew if its form is no longer that of new ones; otherwise, and while too many
     * passwords wait, returns the hash itself.
     */
    CompletionStage<String> renewed(String password, String hash) {
        return PasswordHash.isOf(hash, iterations)
                ? CompletableFuture.completedFuture(hash)
                : submit(() -> PasswordHash.of(password, iterations)).exceptionally(busy -> hash);
    }

    private <T> CompletionStage<T> submit(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(new OperatorException(
                    OperatorException.Reason.BUSY, WAITING_MAX + " passwords wait to be checked; try again"));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
