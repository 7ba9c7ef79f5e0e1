package tavern.server;

import picocli.CommandLine.IVersionProvider;
import tavern.protocol.Protocol;

/** Of this build, from the jar's manifest. */
public final class Version implements IVersionProvider {
    /** As in {@code Welcome.server_version}; "dev" when run from classes. */
    public static String current() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "Tavern " + current() + ", protocol " + Protocol.VERSION_MIN + " to " + Protocol.VERSION_MAX
        };
    }
}
