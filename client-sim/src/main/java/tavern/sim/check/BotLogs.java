package tavern.sim.check;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the bots of a run did and were told, from their logs. */
final class BotLogs {
    /** A line that a bot was about to say. */
    record Said(String bot, String room, String text, long nanos) {}

    /** A line that a bot heard. */
    record Heard(String from, String text, long seq, long nanos) {}

    /** A bot's time in a room under one owner, over however many connections. */
    static final class Stay {
        final String bot;
        final String room;
        final long fence;
        final long askedNanos;
        final long nanos;
        /** The time of day at which it was told so. */
        final long atMillis;

        final List<Heard> heard = new ArrayList<>();
        /** Whether the bot was there to the end of the run. */
        boolean isWhole;

        Stay(String bot, String room, long fence, long askedNanos, long nanos, long atMillis) {
            this.bot = bot;
            this.room = room;
            this.fence = fence;
            this.askedNanos = askedNanos;
            this.nanos = nanos;
            this.atMillis = atMillis;
        }
    }

    /** An offer, and what its two sides were told of its end. */
    static final class Deal {
        final String from;
        final String id;
        final String to;
        final String give;
        final String want;
        final Map<String, String> outcomeByBot = new LinkedHashMap<>();

        Deal(String from, String id, String to, String give, String want) {
            this.from = from;
            this.id = id;
            this.to = to;
            this.give = give;
            this.want = want;
        }

        @Override
        public String toString() {
            return "trade " + id + " of " + from + " with " + to;
        }
    }

    private final Map<String, String> firstGoods = new LinkedHashMap<>();
    private final Map<String, Said> saidByText = new HashMap<>();
    private final Map<String, Long> refusedTexts = new HashMap<>();
    private final List<Stay> stays = new ArrayList<>();
    private final Map<String, Deal> deals = new LinkedHashMap<>();
    private final Map<String, Stay> current = new HashMap<>();
    private final List<LogLine> results = new ArrayList<>();
    private long lines;

    private BotLogs() {}

    /** @throws IOException when a file cannot be read, or a line is not whole */
    static BotLogs read(Path folder) throws IOException {
        BotLogs logs = new BotLogs();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.jsonl")) {
            for (Path file : files) {
                logs.readFile(file);
            }
        }
        // The partner of a trade may be in another file.
        logs.results.forEach(logs::result);
        return logs;
    }

    private void readFile(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines++;
                add(LogLine.of(line));
            }
        } catch (RuntimeException e) {
            throw new IOException(file + ", line " + lines + ": " + e.getMessage(), e);
        }
    }

    private void add(LogLine line) {
        switch (line.what()) {
            case "first" -> firstGoods.put(line.bot(), line.text("goods"));
            case "joined" -> {
                Stay stay = new Stay(
                        line.bot(),
                        line.text("room"),
                        line.number("fence"),
                        line.number("asked"),
                        line.nanos(),
                        line.number("at"));
                stays.add(stay);
                current.put(line.bot(), stay);
            }
            case "left" -> current.remove(line.bot());
            case "end" -> {
                Stay stay = current.get(line.bot());
                if (stay != null) {
                    stay.isWhole = true;
                }
            }
            case "say" ->
                saidByText.put(
                        line.text("text"), new Said(line.bot(), line.text("room"), line.text("text"), line.nanos()));
            case "refused" -> refusedTexts.put(line.text("text"), line.nanos());
            case "heard" -> heard(line);
            case "offer" ->
                deals.put(
                        key(line.bot(), line.text("id")),
                        new Deal(line.bot(), line.text("id"), line.text("to"), line.text("give"), line.text("want")));
            case "result" -> results.add(line);
            default -> throw new IllegalArgumentException("nobody knows '" + line.what() + "'");
        }
    }

    private void heard(LogLine line) {
        Stay stay = current.get(line.bot());
        if (stay == null) {
            throw new IllegalArgumentException(line.bot() + " heard something in no room");
        }
        stay.heard.add(new Heard(line.text("from"), line.text("text"), line.number("seq"), line.nanos()));
    }

    private void result(LogLine line) {
        String key = key(line.text("from"), line.text("id"));
        Deal deal = deals.computeIfAbsent(
                // Nobody offered it; the check of trades says so.
                key, name -> new Deal(line.text("from"), line.text("id"), "", "", ""));
        deal.outcomeByBot.merge(
                line.bot(),
                line.text("outcome"),
                (before, now) -> before.equals(now) ? before : before + " and " + now);
    }

    private static String key(String from, String id) {
        return from + " " + id;
    }

    long lines() {
        return lines;
    }

    /** What each bot owned before its first trade, in words. */
    Map<String, String> firstGoods() {
        return firstGoods;
    }

    @Nullable
    Said said(String text) {
        return saidByText.get(text);
    }

    boolean isRefused(String text) {
        return refusedTexts.containsKey(text);
    }

    int saidCount() {
        return saidByText.size();
    }

    List<Stay> stays() {
        return stays;
    }

    Iterable<Deal> deals() {
        return deals.values();
    }
}
