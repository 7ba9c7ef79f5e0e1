package tavern.bench;

import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a progress bar on a terminal and nothing elsewhere. */
public final class Progress implements AutoCloseable {
    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress onTerminal() {
        return isTerminal()
                ? new Progress(new ProgressBarBuilder()
                        .setTaskName("bench")
                        .setInitialMax(1)
                        .setStyle(ProgressBarStyle.ASCII)
                        .hideEta()
                        .build())
                : none();
    }

    /** Shows nothing. */
    public static Progress none() {
        return new Progress(null);
    }

    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            // Before JDK 22, System.console() was non-null only on a terminal.
            return true;
        }
    }

    /** Starts the bar anew for a benchmark. @param steps the number of its steps */
    public void begin(int steps) {
        if (bar != null) {
            bar.reset();
            bar.maxHint(steps);
        }
    }

    /** Shows what is being done from now on. */
    public void doing(String what) {
        if (bar != null) {
            bar.setExtraMessage(what);
        }
    }

    public void step() {
        if (bar != null) {
            bar.step();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
