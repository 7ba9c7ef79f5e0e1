package tavern.bench;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;

/** What a benchmark has found. */
public interface Section {
    /** The name of its part of the report. */
    String key();

    JsonObject json();

    void print(PrintWriter out);

    /** For {@code --svg}. */
    default List<Chart> charts() {
        return List.of();
    }
}
