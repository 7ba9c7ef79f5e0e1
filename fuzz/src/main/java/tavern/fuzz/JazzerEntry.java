package tavern.fuzz;

/** What Jazzer calls, in a process of its own for each target: its names are Jazzer's. */
public final class JazzerEntry {
    /** The system property that has the target's name. */
    static final String TARGET = "tavern.fuzz.target";

    private static final FuzzTarget target = FuzzTargets.of(System.getProperty(TARGET, ""));

    private JazzerEntry() {}

    /** Loads all classes, which are slow to load here, before an input's time is measured. */
    public static void fuzzerInitialize() throws Exception {
        for (byte[] seed : target.seeds()) {
            target.run(seed);
        }
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.run(input);
    }

    public static void fuzzerTearDown() {
        target.close();
    }
}
