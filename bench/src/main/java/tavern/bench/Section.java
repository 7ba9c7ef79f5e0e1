package tavern.bench;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;

/** The results of one benchmark. */
public interface Section {
    /** The name of this section in the JSON report. */
    String key();

    JsonObject json();

    void print(PrintWriter out);

    /** The charts that {@code --svg} draws. */
    default List<Chart> charts() {
        return List.of();
    }
}
