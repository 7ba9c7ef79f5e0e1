package tavern.server;

import picocli.CommandLine.IVersionProvider;
import tavern.protocol.Protocol;

/** The version of this build, from the jar's manifest. */
public final class Version implements IVersionProvider {
    /** The version as in {@code Welcome.server_version}, or "dev" when run from classes. */
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
