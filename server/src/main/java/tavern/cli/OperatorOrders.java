package tavern.cli;

import com.google.gson.JsonObject;

/** Has a running server list and change its operators. Blocks. */
public final class OperatorOrders {
    private final Api api;

    public OperatorOrders(ApiOptions options) throws ApiException {
        api = options.open("admin", "admin");
    }

    /** The accounts and roles, as {@code GET /api/v1/operators} has them. */
    public JsonObject list() throws ApiException {
        return api.get("/operators");
    }

    /** Makes an account. */
    public JsonObject add(JsonObject body) throws ApiException {
        return api.post("/operators", body, "");
    }

    /**
     * Changes an account.
     *
     * @param action as in the path
     */
    public JsonObject change(String name, String action, JsonObject body) throws ApiException {
        return api.post("/operators/" + Api.part(name) + "/" + action, body, "");
    }
}
