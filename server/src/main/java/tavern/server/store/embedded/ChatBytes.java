package tavern.server.store.embedded;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import tavern.server.store.ChatLine;

/**
 * Chat lines in the format of the file, one after another: the player and the text, each preceded by its length in
 * UTF-8, and the time as the difference from the previous line. Numbers are varints, as in Protocol Buffers.
 */
final class ChatBytes {
    private ChatBytes() {}

    static byte[] of(List<ChatLine> lines) {
        byte[] bytes = new byte[size(lines)];
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            long before = 0;
            for (ChatLine line : lines) {
                out.writeStringNoTag(line.player());
                out.writeStringNoTag(line.text());
                out.writeSInt64NoTag(line.atMillis() - before);
                before = line.atMillis();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: the buffer has the exact size
        }
        return bytes;
    }

    private static int size(List<ChatLine> lines) {
        int size = 0;
        long before = 0;
        for (ChatLine line : lines) {
            size += CodedOutputStream.computeStringSizeNoTag(line.player());
            size += CodedOutputStream.computeStringSizeNoTag(line.text());
            size += CodedOutputStream.computeSInt64SizeNoTag(line.atMillis() - before);
            before = line.atMillis();
        }
        return size;
    }

    /**
     * @param count how many lines there must be
     * @throws IOException when the bytes are not exactly that many lines; says where they stop being lines
     */
    static List<ChatLine> parse(byte[] bytes, int count) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(bytes);
        List<ChatLine> lines = new ArrayList<>();
        long at = 0;
        while (!in.isAtEnd()) {
            try {
                String player = in.readStringRequireUtf8();
                String text = in.readStringRequireUtf8();
                at += in.readSInt64();
                lines.add(new ChatLine(player, text, at));
            } catch (IOException e) {
                throw new IOException("line " + (lines.size() + 1) + " of " + count + " cannot be read", e);
            }
        }
        if (lines.size() != count) {
            throw new IOException(lines.size() + " lines instead of " + count);
        }
        return lines;
    }
}
