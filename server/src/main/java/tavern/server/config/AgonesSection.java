package tavern.server.config;

import tavern.server.agones.AgonesSettings;

/** The section {@code agones}. */
final class AgonesSection {
    static final String SDK_HTTP_PORT = "agones.sdk-http-port";

    /** Set by Agones in each of its containers. */
    static final String PORT_VARIABLE = "AGONES_SDK_HTTP_PORT";

    private AgonesSection() {}

    static AgonesSettings read(SettingReader settings) {
        return new AgonesSettings(
                settings.whole(SDK_HTTP_PORT, 0, 65_535), settings.whole("agones.health-seconds", 1, 3_600));
    }
}
