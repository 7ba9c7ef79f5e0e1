package tavern.server.ops;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.javalin.http.HandlerType;
import java.util.List;
import java.util.Locale;
import tavern.server.operators.Roles;

/** The API's description (OpenAPI 3.1), generated from the routes, so that it cannot differ from them. */
final class OpenApi {
    private static final String CHANGED =
            "What stands is not what If-Match says; the error has its \"version\" and, in" + " words, what \"stands\".";
    private static final String STANDS =
            "Something stands already, and If-Match does not say that it is to be replaced; the error is as of 412.";
    private static final String DOUBTFUL =
            "This looks like a mistake; the error's \"confirm\" lists what the order must"
                    + " say to be carried out all the same.";

    private OpenApi() {}

    /** @param roles tells the least powerful of the server's own roles that may use a route */
    static String describe(List<Route> routes, Roles roles, String version) {
        JsonObject paths = new JsonObject();
        for (Route route : routes) {
            if (!paths.has(route.path())) {
                paths.add(route.path(), new JsonObject());
            }
            paths.getAsJsonObject(route.path())
                    .add(route.method().toString().toLowerCase(Locale.ROOT), operation(route, roles));
        }
        JsonObject info = object("title", "Tavern's ops API");
        info.addProperty("version", version);
        JsonObject bearer = object("type", "http");
        bearer.addProperty("scheme", "bearer");
        JsonObject document = object("openapi", "3.1.0");
        document.add("info", info);
        document.add("paths", paths);
        document.add("components", wrap("securitySchemes", wrap("token", bearer)));
        return document.toString();
    }

    private static JsonObject operation(Route route, Roles roles) {
        JsonObject operation = object("summary", route.summary());
        if (route.right() != null) {
            operation.addProperty("x-right", route.right().toString());
            operation.addProperty("x-role", roles.least(route.right()));
            JsonArray security = new JsonArray();
            security.add(wrap("token", new JsonArray()));
            operation.add("security", security);
        }
        JsonArray parameters = new JsonArray();
        JsonObject properties = new JsonObject();
        JsonArray required = new JsonArray();
        for (Field field : route.fields()) {
            if (field.in() == Field.In.BODY) {
                properties.add(field.name(), schema(field));
                if (field.required()) {
                    required.add(field.name());
                }
            } else {
                parameters.add(parameter(field));
            }
        }
        operation.add("parameters", parameters);
        if (route.method().equals(HandlerType.POST)) {
            JsonObject schema = object("type", "object");
            schema.add("properties", properties);
            schema.add("required", required);
            schema.addProperty("additionalProperties", false);
            JsonObject body = wrap("content", wrap("application/json", wrap("schema", schema)));
            body.addProperty("required", true);
            operation.add("requestBody", body);
        }
        JsonObject responses = wrap("200", object("description", "Done."));
        if (route.fields().stream().anyMatch(field -> field.type() == Field.Type.VERSION)) {
            responses.add("412", object("description", CHANGED));
            responses.add("428", object("description", STANDS));
        }
        if (route.fields().stream().anyMatch(field -> field.type() == Field.Type.CHOICES)) {
            responses.add("422", object("description", DOUBTFUL));
        }
        responses.add("default", object("description", "An error: {\"error\": {\"code\", \"message\"}}."));
        operation.add("responses", responses);
        return operation;
    }

    private static JsonObject parameter(Field field) {
        JsonObject parameter = object("name", field.name());
        parameter.addProperty("in", field.in().name().toLowerCase(Locale.ROOT));
        parameter.addProperty("required", field.required());
        parameter.add("schema", schema(field));
        return parameter;
    }

    private static JsonObject schema(Field field) {
        JsonObject schema = object("description", field.description());
        switch (field.type()) {
            case ROOM, PLAYER, OPERATOR, TRADE -> schema.addProperty("type", "string");
            case TEXT -> {
                schema.addProperty("type", "string");
                schema.addProperty("minLength", field.min());
                schema.addProperty("maxLength", field.max());
            }
            case NUMBER -> {
                schema.addProperty("type", "integer");
                schema.addProperty("minimum", field.min());
                schema.addProperty("maximum", field.max());
            }
            case FLAG -> schema.addProperty("type", "boolean");
            case VERSION -> {
                schema.addProperty("type", "string");
                schema.addProperty("pattern", "^(\"[0-9a-z-]*\"|\\*)$");
            }
            case CHOICES -> {
                JsonObject items = object("type", "string");
                items.add("enum", Json.tree(field.choices()));
                schema.addProperty("type", "array");
                schema.add("items", items);
            }
            case CHOICE -> {
                schema.addProperty("type", "string");
                schema.add("enum", Json.tree(field.choices()));
            }
            case STACKS -> {
                schema.addProperty("type", "object");
                schema.add("additionalProperties", object("type", "integer"));
            }
            case KINDS -> {
                schema.addProperty("type", "array");
                schema.add("items", object("type", "string"));
            }
            case ITEMS -> {
                schema.addProperty("type", "array");
                schema.add("items", object("type", "integer"));
            }
        }
        return schema;
    }

    private static JsonObject object(String name, String value) {
        JsonObject object = new JsonObject();
        object.addProperty(name, value);
        return object;
    }

    private static JsonObject wrap(String name, JsonElement value) {
        JsonObject object = new JsonObject();
        object.add(name, value);
        return object;
    }
}
