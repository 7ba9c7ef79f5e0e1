package tavern.protocol;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeCommitted;

/** All that the schema promises, one line for each message, field and enum value. */
final class Schema {
    private final SortedSet<String> lines = new TreeSet<>();

    private Schema() {}

    static SortedSet<String> today() {
        Schema schema = new Schema();
        schema.add(ClientMessage.getDescriptor().getFile());
        schema.add(ServerMessage.getDescriptor().getFile());
        schema.add(ErrorCode.getDescriptor().getFile());
        schema.add(TradeCommitted.getDescriptor().getFile());
        return schema.lines;
    }

    private void add(FileDescriptor file) {
        file.getMessageTypes().forEach(this::add);
        file.getEnumTypes().forEach(this::add);
    }

    private void add(Descriptor message) {
        lines.add("message " + message.getFullName());
        message.getFields().forEach(field -> lines.add("field " + describe(field)));
        message.getNestedTypes().forEach(this::add);
        message.getEnumTypes().forEach(this::add);
    }

    private void add(EnumDescriptor type) {
        type.getValues().forEach(value -> lines.add("value " + value.getFullName() + " = " + value.getNumber()));
    }

    private static String describe(FieldDescriptor field) {
        OneofDescriptor oneof = field.getContainingOneof();
        return field.getFullName() + " = " + field.getNumber() + ": "
                + (field.isRepeated() ? "repeated " : "")
                + (field.isPacked() ? "packed " : "")
                + type(field)
                + (oneof == null ? "" : " in " + oneof.getName());
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE, GROUP -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            default -> field.getType().name().toLowerCase(Locale.ROOT);
        };
    }
}
