package tavern.server.config;

import com.typesafe.config.ConfigOrigin;

/** Describes where a value was written, for messages. */
final class Origins {
    static final String COMMAND_LINE = "command line";

    private Origins() {}

    static String of(ConfigOrigin origin) {
        if (origin.filename() != null) {
            return origin.lineNumber() > 0 ? origin.filename() + " line " + origin.lineNumber() : origin.filename();
        }
        if (origin.resource() != null) {
            return "default";
        }
        return origin.description();
    }

    static String environment(String variable) {
        return "environment variable " + variable;
    }
}
