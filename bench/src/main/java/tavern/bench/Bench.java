package tavern.bench;

import java.nio.file.Path;

/**
 * What each benchmark gets.
 *
 * @param root of Tavern's folder, for its launchers
 * @param folder empty, for all that is written; removed at the end
 * @param quick fewer and shorter measurements
 */
public record Bench(Path root, Path folder, boolean quick, Progress progress, Stop stop) {}
