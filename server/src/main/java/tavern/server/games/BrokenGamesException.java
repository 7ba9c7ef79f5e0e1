package tavern.server.games;

import java.io.IOException;
import java.util.List;

/** Games cannot be used: all the reasons at once, each naming the jar or setting and the cure. */
public final class BrokenGamesException extends IOException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    BrokenGamesException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** There is at least one. */
    public List<String> problems() {
        return problems;
    }
}
