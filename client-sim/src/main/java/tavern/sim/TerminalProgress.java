package tavern.sim;

import java.io.Console;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import tavern.sim.bots.RunProgress;

/** A progress bar on a terminal; nothing elsewhere. */
final class TerminalProgress implements RunProgress, AutoCloseable {
    private static final int STEPS = 1_000;

    private final @Nullable ProgressBar bar = !isTerminal()
            ? null
            : new ProgressBarBuilder()
                    .setTaskName("connect")
                    .setInitialMax(STEPS)
                    .setStyle(ProgressBarStyle.ASCII)
                    .hideEta()
                    .build();

    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            // Before JDK 22 a console existed only on a terminal.
            return true;
        }
    }

    @Override
    public void at(String phase, double share) {
        if (bar != null) {
            bar.setExtraMessage("load".equals(phase) ? "" : phase);
            bar.stepTo((long) (share * STEPS));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
