package tavern.bench;

import com.google.gson.JsonObject;
import java.io.PrintWriter;

/** What a benchmark has found. */
public interface Section {
    /** The name of its part of the report. */
    String key();

    JsonObject json();

    void print(PrintWriter out);
}
