package tavern.sim.bots;

import com.google.gson.JsonObject;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What bots did and were told, for whoever judges the run afterwards without believing the bots' own counts: one JSON
 * object in a line, {@code t} nanoseconds of one clock for all files of a run, {@code bot}, {@code what}, and more by what it
 * is:
 *
 * <pre>
 *   first    goods                    what the bot owned before its first trade
 *   joined   room fence asked at      it is in the room; when it asked for that; the time of day in milliseconds
 *   left     why                      it is in no room any more, or its session is gone
 *   end                               it was still there, and nothing was under way, when the run ended
 *   say      room text                it is about to say this
 *   refused  text                     the server refused to publish that
 *   heard    room from text seq
 *   offer    id to give want          it is about to offer this
 *   result   from id outcome          it was told how a trade ended
 * </pre>
 *
 * Goods are words as in {@code gold=30,#17:bow}. Confined to one event loop, which it may keep waiting for its disk: the
 * bots' latencies are no concern of such a run.
 */
abstract class BotLog implements Closeable {
    abstract void note(String bot, String what, Object... namesAndValues);

    static BotLog none() {
        return new BotLog() {
            @Override
            void note(String bot, String what, Object... namesAndValues) {}

            @Override
            public void close() {}
        };
    }

    /** A file in the folder. */
    static BotLog to(@Nullable Path folder, int loop) throws IOException {
        return folder == null ? none() : new ToFile(Files.newBufferedWriter(folder.resolve("bots-" + loop + ".jsonl")));
    }

    private static final class ToFile extends BotLog {
        private final BufferedWriter out;
        private @Nullable IOException failure;

        ToFile(BufferedWriter out) {
            this.out = out;
        }

        @Override
        void note(String bot, String what, Object... namesAndValues) {
            if (failure != null) {
                return;
            }
            JsonObject line = new JsonObject();
            line.addProperty("t", System.nanoTime());
            line.addProperty("bot", bot);
            line.addProperty("what", what);
            for (int i = 0; i < namesAndValues.length; i += 2) {
                String name = (String) namesAndValues[i];
                if (namesAndValues[i + 1] instanceof Number number) {
                    line.addProperty(name, number);
                } else {
                    line.addProperty(name, String.valueOf(namesAndValues[i + 1]));
                }
            }
            try {
                out.write(line.toString());
                out.write('\n');
            } catch (IOException e) {
                failure = e;
            }
        }

        /** @throws IOException when the file is not whole */
        @Override
        public void close() throws IOException {
            out.close();
            if (failure != null) {
                throw failure;
            }
        }
    }
}
