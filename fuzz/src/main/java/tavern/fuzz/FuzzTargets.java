package tavern.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tavern.server.archive.SegmentTarget;
import tavern.server.net.ConnectionTarget;
import tavern.server.session.RequestTarget;
import tavern.server.session.TokenTarget;

/** All targets, by their names. */
final class FuzzTargets {
    private static final Map<String, Supplier<FuzzTarget>> ALL = all();

    private FuzzTargets() {}

    private static Map<String, Supplier<FuzzTarget>> all() {
        Map<String, Supplier<FuzzTarget>> all = new LinkedHashMap<>();
        all.put(ConnectionTarget.NAME, ConnectionTarget::new);
        all.put(RequestTarget.NAME, RequestTarget::new);
        all.put(TokenTarget.NAME, TokenTarget::new);
        all.put(SegmentTarget.NAME, SegmentTarget::new);
        all.put(RecordingTarget.NAME, RecordingTarget::new);
        all.put(ConfigTarget.NAME, ConfigTarget::new);
        return all;
    }

    static List<String> names() {
        return new ArrayList<>(ALL.keySet());
    }

    /** @throws IllegalArgumentException when there is none of this name */
    static FuzzTarget of(String name) {
        Supplier<FuzzTarget> target = ALL.get(name);
        if (target == null) {
            throw new IllegalArgumentException(
                    "there is no target " + name + "; there are " + String.join(", ", ALL.keySet()));
        }
        return target.get();
    }
}
