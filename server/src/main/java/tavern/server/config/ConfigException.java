package tavern.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** All problems of the configuration at once. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    /** The problems; there is at least one. */
    public List<ConfigProblem> problems() {
        return problems;
    }
}
