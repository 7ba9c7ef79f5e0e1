package tavern.server.ops;

import io.javalin.http.Context;

/** An answer that is a file. @param name without letters that a header cannot carry */
record Download(String name, byte[] bytes) {
    void write(Context context) {
        context.contentType("application/octet-stream")
                .header("Content-Disposition", "attachment; filename=\"" + name + "\"")
                .result(bytes);
    }
}
