package tavern.server.archive;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.server.store.LedgerEntry;
import tavern.server.time.MonotonicClock;

/**
 * Finds entries in the archive, for operators. The archive has no index: its files are read one after another, the newest
 * first, for a short time with each call, which says where the next one goes on. One search works at a time, on a thread of
 * its own; a few may wait.
 */
public final class ArchiveSearch implements AutoCloseable {
    private static final int WAITING_MAX = 8;
    private static final long MILLIS_MAX = 500;

    private final @Nullable ArchiveFolder folder;
    private final MonotonicClock clock;
    private final ThreadPoolExecutor thread;

    /** @param path of the archive; null if nothing is archived */
    public ArchiveSearch(@Nullable Path path, MonotonicClock clock) {
        folder = path == null ? null : new ArchiveFolder(path);
        this.clock = clock;
        thread = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING_MAX),
                new DefaultThreadFactory("archive-search", true));
    }

    /**
     * An entry of the archive.
     *
     * @param segment number of the segment that has it
     * @param entry without names
     */
    public record Found(long segment, LedgerEntry entry) {}

    /**
     * Where a search goes on.
     *
     * @param segment in this segment, or in an earlier one
     * @param skip after so many of the newest entries in it that were found before
     */
    public record Next(long segment, int skip) {}

    /**
     * What a search found so far.
     *
     * @param entries the newest first
     * @param next null once everything was searched
     */
    public record Page(List<Found> entries, @Nullable Next next) {
        public Page {
            entries = List.copyOf(entries);
        }
    }

    /** Whether there is an archive. */
    public boolean isThere() {
        return folder != null;
    }

    /**
     * Searches for half a second, and at least one segment. When the caller completes or cancels the answer, the search is
     * dropped. Ends before a file that is missing or broken; fails with {@link IOException} when it begins with one, and with
     * {@link RejectedExecutionException} when too many searches wait.
     *
     * @param from null to begin with the newest segment
     * @param max how many entries at most
     */
    public CompletableFuture<Page> find(Predicate<LedgerEntry> wanted, @Nullable Next from, int max) {
        CompletableFuture<Page> answer = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    answer.complete(read(entry -> isWanted(answer, wanted, entry), from, max));
                } catch (IOException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private static boolean isWanted(CompletableFuture<Page> answer, Predicate<LedgerEntry> wanted, LedgerEntry entry) {
        if (answer.isDone()) {
            throw new CancellationException("nobody waits for this search any more");
        }
        return wanted.test(entry);
    }

    private Page read(Predicate<LedgerEntry> wanted, @Nullable Next from, int max) throws IOException {
        if (folder == null) {
            return new Page(List.of(), null);
        }
        long until = clock.millis() + MILLIS_MAX;
        List<Found> found = new ArrayList<>();
        SortedMap<Long, Path> files = folder.segments();
        long newest = files.isEmpty() ? 0 : files.lastKey();
        long number = from == null ? newest : Math.min(newest, from.segment());
        int skip = from == null ? 0 : from.skip();
        long first = number;
        for (; number > 0; number--) {
            int wantedHere = max - found.size() + skip;
            List<Found> here;
            try {
                // One more, to know whether the segment has more.
                here = newestIn(number, files.get(number), wanted, wantedHere + 1);
            } catch (IOException e) {
                if (number == first) {
                    throw e;
                }
                // What was found is not lost: the next call fails.
                return new Page(found, new Next(number, 0));
            }
            found.addAll(here.subList(Math.min(skip, here.size()), Math.min(here.size(), wantedHere)));
            if (here.size() > wantedHere) {
                return new Page(found, new Next(number, wantedHere));
            }
            skip = 0;
            if (number > 1 && (found.size() >= max || clock.millis() >= until)) {
                return new Page(found, new Next(number - 1, 0));
            }
        }
        return new Page(found, null);
    }

    private static List<Found> newestIn(long number, @Nullable Path file, Predicate<LedgerEntry> wanted, int max)
            throws IOException {
        if (file == null) {
            throw new IOException("segment " + number + " is missing in the archive");
        }
        Deque<Found> newest = new ArrayDeque<>();
        try (SegmentReader reader = SegmentReader.open(file)) {
            for (LedgerEntry entry = reader.nextEntry(); entry != null; entry = reader.nextEntry()) {
                if (wanted.test(entry)) {
                    newest.addLast(new Found(number, entry));
                    if (newest.size() > max) {
                        newest.removeFirst();
                    }
                }
            }
            reader.end();
        }
        List<Found> found = new ArrayList<>(newest);
        Collections.reverse(found);
        return found;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
