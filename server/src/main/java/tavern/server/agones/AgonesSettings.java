package tavern.server.agones;

/**
 * @param sdkHttpPort of the sidecar, on this machine's loopback address; 0 for none
 * @param healthSeconds between two reports that the server is healthy
 */
public record AgonesSettings(int sdkHttpPort, int healthSeconds) {}
