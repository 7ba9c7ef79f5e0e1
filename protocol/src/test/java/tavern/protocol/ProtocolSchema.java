package tavern.protocol;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.TradeCommitted;

/** Everything that the schema promises, one line for each message, field and enum value. */
final class ProtocolSchema {
    private static final List<FileDescriptor> FILES = List.of(
            ClientMessage.getDescriptor().getFile(),
            ServerMessage.getDescriptor().getFile(),
            ErrorCode.getDescriptor().getFile(),
            TradeCommitted.getDescriptor().getFile());

    private final SortedSet<String> lines = new TreeSet<>();

    private ProtocolSchema() {}

    static SortedSet<String> today() {
        ProtocolSchema schema = new ProtocolSchema();
        FILES.forEach(schema::add);
        return schema.lines;
    }

    /** The fields whose numbers and names are reserved, each as {@code field <name> = <number>}. */
    static SortedSet<String> reserved() {
        SortedSet<String> fields = new TreeSet<>();
        for (FileDescriptor file : FILES) {
            for (Descriptor message : file.getMessageTypes()) {
                DescriptorProto proto = message.toProto();
                for (String name : proto.getReservedNameList()) {
                    proto.getReservedRangeList()
                            .forEach(range -> IntStream.range(range.getStart(), range.getEnd())
                                    .forEach(number -> fields.add(
                                            "field " + message.getFullName() + "." + name + " = " + number)));
                }
            }
        }
        return fields;
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
