package tavern.server;

import com.google.gson.JsonObject;
import tavern.cli.ApiException;
import tavern.cli.OperatorOrders;

/** Where {@code bin/server operator} changes accounts: in a running server, or in a store. Bodies are those of the API. */
interface OperatorDesk extends AutoCloseable {
    JsonObject list() throws ApiException;

    JsonObject add(JsonObject body) throws ApiException;

    JsonObject change(String name, String action, JsonObject body) throws ApiException;

    @Override
    void close();

    static OperatorDesk of(OperatorOrders server) {
        return new OperatorDesk() {
            @Override
            public JsonObject list() throws ApiException {
                return server.list();
            }

            @Override
            public JsonObject add(JsonObject body) throws ApiException {
                return server.add(body);
            }

            @Override
            public JsonObject change(String name, String action, JsonObject body) throws ApiException {
                return server.change(name, action, body);
            }

            @Override
            public void close() {}
        };
    }
}
