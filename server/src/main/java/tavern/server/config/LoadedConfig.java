package tavern.server.config;

import java.util.List;

/**
 * The configuration, and what its reading has to tell.
 *
 * @param overrides the settings that are not the defaults, with their origins and without secrets, for the log
 * @param warnings what was ignored, and probably was not meant to be
 */
public record LoadedConfig(TavernConfig config, List<String> overrides, List<String> warnings) {}
