package tavern.server.trace;

/**
 * @param otlpUrl where spans are sent to, by OTLP over HTTP; empty for nowhere
 * @param sampled the share of requests that are traced, from 0 to 1
 */
public record TraceSettings(String otlpUrl, double sampled) {}
