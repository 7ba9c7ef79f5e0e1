package tavern.server.ops;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tavern.game.Names;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.TradeId;
import tavern.server.operators.OperatorAccounts;

/** One request, validated against the fields that its route declares. */
final class ApiRequest {
    private static final int ENTRIES_MAX = 100;
    private static final Pattern VERSION = Pattern.compile("\"([0-9a-z-]{0,40})\"|\\*");
    private static final Pattern TRADE_ID =
            Pattern.compile("([1-9][0-9]{0,17})-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})");

    private final @Nullable Operator operator;
    private final InetAddress address;
    private final String trace;
    private final Map<String, Object> values = new TreeMap<>();

    private ApiRequest(@Nullable Operator operator, InetAddress address, String trace) {
        this.operator = operator;
        this.address = address;
        this.trace = trace;
    }

    /** Throws {@link RequestRefusedException} when the request does not match the route. */
    static ApiRequest read(Context context, Route route, @Nullable Operator operator) {
        ApiRequest call = new ApiRequest(operator, Gate.address(context), Trace.of(context));
        Map<Field.In, Map<String, Field>> declared = route.fields().stream()
                .collect(Collectors.groupingBy(Field::in, Collectors.toMap(Field::name, field -> field)));
        call.readQuery(context, declared.getOrDefault(Field.In.QUERY, Map.of()));
        for (Field field : declared.getOrDefault(Field.In.PATH, Map.of()).values()) {
            call.take(field, new JsonPrimitive(context.pathParam(field.name())));
        }
        for (Field field : declared.getOrDefault(Field.In.HEADER, Map.of()).values()) {
            String given = context.header(field.name());
            if (given != null) {
                call.take(field, new JsonPrimitive(given));
            }
        }
        if (route.method().equals(HandlerType.POST)) {
            call.readBody(context, declared.getOrDefault(Field.In.BODY, Map.of()));
        }
        return call;
    }

    private void readQuery(Context context, Map<String, Field> declared) {
        context.queryParamMap().forEach((name, given) -> {
            Field field = known(name, declared);
            if (given.size() != 1) {
                throw bad(field, "comes once");
            }
            take(field, new JsonPrimitive(given.get(0)));
        });
    }

    private void readBody(Context context, Map<String, Field> declared) {
        String type = Objects.requireNonNullElse(context.contentType(), "");
        // A type that a form on a foreign page cannot send without a preflight request.
        if (!type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new RequestRefusedException(415, "UNSUPPORTED_MEDIA_TYPE", "send application/json");
        }
        JsonObject body = Json.readObject(context.body());
        body.entrySet().forEach(entry -> take(known(entry.getKey(), declared), entry.getValue()));
        for (Field field : declared.values()) {
            if (field.required() && !values.containsKey(field.name())) {
                throw bad(field, "is missing");
            }
        }
    }

    private static Field known(String name, Map<String, Field> declared) {
        Field field = declared.get(name);
        if (field == null) {
            throw RequestRefusedException.badRequest(
                    "unknown parameter; known here: " + String.join(", ", declared.keySet()));
        }
        return field;
    }

    private static RequestRefusedException bad(Field field, String cure) {
        return RequestRefusedException.badRequest(field.name() + " " + cure);
    }

    private void take(Field field, JsonElement given) {
        values.put(
                field.name(),
                switch (field.type()) {
                    case ROOM -> roomName(field, given);
                    case PLAYER -> playerName(field, given);
                    case OPERATOR -> operatorName(field, given);
                    case TRADE -> tradeId(field, given);
                    case TEXT -> plainText(field, given);
                    case NUMBER -> whole(field, given, field.min(), field.max());
                    case CHOICE -> choice(field, given);
                    case CHOICES -> choices(field, given);
                    case FLAG -> flag(field, given);
                    case VERSION -> version(field, given);
                    case STACKS -> stacks(field, given);
                    case KINDS -> kinds(field, given);
                    case ITEMS -> items(field, given);
                });
    }

    private static String string(Field field, JsonElement given) {
        if (given instanceof JsonPrimitive primitive && primitive.isString()) {
            return primitive.getAsString();
        }
        throw bad(field, "must be a text");
    }

    private static RoomId roomName(Field field, JsonElement given) {
        String name = string(field, given);
        if (!Names.isRoomName(name)) {
            throw bad(field, "is not a name that a room can have");
        }
        return new RoomId(name);
    }

    private static String playerName(Field field, JsonElement given) {
        String name = string(field, given);
        if (!Names.isPlayerName(name)) {
            throw bad(field, "is not a name that a player can have");
        }
        return name;
    }

    private static String operatorName(Field field, JsonElement given) {
        String name = string(field, given);
        if (!OperatorAccounts.isName(name)) {
            throw bad(field, "must be a name for operators: up to 32 of a-z and 0-9, and further on of . _ and - too");
        }
        return name;
    }

    private static TradeId tradeId(Field field, JsonElement given) {
        Matcher id = TRADE_ID.matcher(string(field, given));
        if (!id.matches()) {
            throw bad(field, "is not an id that a trade can have: <proposer's number>-<uuid>");
        }
        return new TradeId(new PlayerId(Long.parseLong(id.group(1))), UUID.fromString(id.group(2)));
    }

    private static String plainText(Field field, JsonElement given) {
        String text = string(field, given).strip();
        if (text.length() < field.min() || text.length() > field.max()) {
            throw bad(field, "must have " + field.min() + " to " + field.max() + " characters");
        }
        if (text.chars().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
            throw bad(field, "must not have control characters or changes of writing direction");
        }
        return text;
    }

    private static Long whole(Field field, JsonElement given, long min, long max) {
        try {
            long value = new BigDecimal(given.getAsString()).longValueExact();
            if (value >= min && value <= max) {
                return value;
            }
        } catch (ArithmeticException
                | IllegalStateException
                | UnsupportedOperationException
                | NumberFormatException e) {
            throw bad(field, "must be a whole number");
        }
        throw bad(field, "must be from " + min + " to " + max);
    }

    private static String choice(Field field, JsonElement given) {
        String value = string(field, given);
        if (!field.choices().contains(value)) {
            throw bad(field, "must be one of " + String.join(", ", field.choices()));
        }
        return value;
    }

    private static List<String> choices(Field field, JsonElement given) {
        return list(field, given).stream()
                .map(element -> choice(field, element))
                .toList();
    }

    private static Boolean flag(Field field, JsonElement given) {
        if (given instanceof JsonPrimitive primitive && primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        throw bad(field, "must be true or false");
    }

    private static String version(Field field, JsonElement given) {
        Matcher version = VERSION.matcher(string(field, given));
        if (!version.matches()) {
            throw bad(field, "must be a version in quotation marks, or *");
        }
        return version.group(1) == null ? Precondition.ANY : version.group(1);
    }

    private static SortedMap<String, Long> stacks(Field field, JsonElement given) {
        if (!given.isJsonObject() || given.getAsJsonObject().size() > ENTRIES_MAX) {
            throw bad(field, "must be an object with at most " + ENTRIES_MAX + " counts by kind");
        }
        SortedMap<String, Long> stacks = new TreeMap<>();
        given.getAsJsonObject().entrySet().forEach(entry -> {
            if (!Names.isKind(entry.getKey())) {
                throw bad(field, "contains a name that cannot be a kind of goods");
            }
            stacks.put(entry.getKey(), whole(field, entry.getValue(), 1, Long.MAX_VALUE));
        });
        return stacks;
    }

    private static List<String> kinds(Field field, JsonElement given) {
        List<String> kinds = new ArrayList<>();
        for (JsonElement element : list(field, given)) {
            String kind = string(field, element);
            if (!Names.isKind(kind)) {
                throw bad(field, "contains a name that cannot be a kind of goods");
            }
            kinds.add(kind);
        }
        return kinds;
    }

    private static Set<Long> items(Field field, JsonElement given) {
        Set<Long> items = new TreeSet<>();
        list(field, given).forEach(element -> items.add(whole(field, element, 1, Long.MAX_VALUE)));
        return items;
    }

    private static List<JsonElement> list(Field field, JsonElement given) {
        if (!given.isJsonArray() || given.getAsJsonArray().size() > ENTRIES_MAX) {
            throw bad(field, "must be a list of at most " + ENTRIES_MAX);
        }
        return given.getAsJsonArray().asList();
    }

    // ---- for handlers ----

    /** Only for routes that always require a token. */
    Operator operator() {
        return Objects.requireNonNull(operator);
    }

    InetAddress address() {
        return address;
    }

    /** The request's id in the log. */
    String trace() {
        return trace;
    }

    String text(String name) {
        return (String) Objects.requireNonNull(values.get(name));
    }

    String text(String name, String fallback) {
        return (String) values.getOrDefault(name, fallback);
    }

    /** The value in a form that may be shown, whatever its type; empty if it was not given. */
    String display(String name) {
        return String.valueOf(values.getOrDefault(name, ""));
    }

    RoomId room(String name) {
        return (RoomId) Objects.requireNonNull(values.get(name));
    }

    @Nullable
    RoomId roomIfGiven(String name) {
        return (RoomId) values.get(name);
    }

    TradeId trade(String name) {
        return (TradeId) Objects.requireNonNull(values.get(name));
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    long number(String name, long fallback) {
        return (Long) values.getOrDefault(name, fallback);
    }

    /** False if it was not given. */
    boolean flag(String name) {
        return (Boolean) values.getOrDefault(name, false);
    }

    @SuppressWarnings("unchecked") // as take() has put it there
    List<String> choices(String name) {
        return (List<String>) values.getOrDefault(name, List.of());
    }

    /** The version that the operator has seen, {@link Precondition#ANY} for any version, or null if none was given. */
    @Nullable
    String ifMatch() {
        return (String) values.get("If-Match");
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) {
        return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
    }

    @SuppressWarnings("unchecked") // as take() has put it there
    SortedMap<String, Long> stacks(String name) {
        return (SortedMap<String, Long>) values.getOrDefault(name, new TreeMap<>());
    }

    @SuppressWarnings("unchecked")
    List<String> kinds(String name) {
        return (List<String>) values.getOrDefault(name, List.of());
    }

    @SuppressWarnings("unchecked")
    Set<Long> items(String name) {
        return (Set<Long>) values.getOrDefault(name, Set.of());
    }
}
