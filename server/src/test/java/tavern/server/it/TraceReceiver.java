package tavern.server.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Receives spans by OTLP over HTTP, as a collector does. */
public final class TraceReceiver implements AutoCloseable {
    private final HttpServer http;
    private final List<Span> spans = new CopyOnWriteArrayList<>();

    private TraceReceiver() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/v1/traces", this::take);
        http.start();
    }

    public static TraceReceiver start() throws IOException {
        return new TraceReceiver();
    }

    private void take(HttpExchange exchange) throws IOException {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(exchange.getRequestBody());
        request.getResourceSpansList()
                .forEach(resource -> resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
        exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/v1/traces";
    }

    List<Span> spans() {
        return spans;
    }

    public List<Span> spans(String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    /** The only child of that name. */
    Span child(Span parent, String name) {
        List<Span> children = spans(name).stream()
                .filter(span -> span.getParentSpanId().equals(parent.getSpanId()))
                .toList();
        if (children.size() != 1) {
            throw new AssertionError(
                    children.size() + " spans " + name + " below " + parent.getName() + " of " + spans);
        }
        return children.get(0);
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
