package tavern.server.config;

import java.util.List;

/**
 * The configuration, and what there is to report about it.
 *
 * @param overrides the settings that are not the defaults, with their origins and without secrets, for the log
 * @param warnings what was ignored, probably against the user's intention
 */
public record LoadedConfig(TavernConfig config, List<String> overrides, List<String> warnings) {}
