package tavern.server.config;

/** The settings that more than one section uses, read once so that a mistake is reported once. */
record SharedLimits(int frameBytesMax, int idleSeconds, int resumeSeconds, int outboundBytesMax, int outcomesKeptDays) {
    static SharedLimits read(SettingReader settings) {
        return new SharedLimits(
                settings.whole("limits.frame-bytes-max", 1_024, 1_048_576),
                settings.whole("limits.idle-seconds", 2, 3_600),
                settings.whole("limits.resume-seconds", 0, 3_600),
                settings.whole("limits.outbound-bytes-max", 65_536, 1_073_741_824),
                settings.whole("store.outcomes-kept-days", 1, 3_650));
    }
}
