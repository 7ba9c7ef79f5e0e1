package tavern.sim;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code host:port}; an IPv6 address stands in brackets. */
public record Address(String host, int port) {
    public static final class Converter implements ITypeConverter<Address> {
        @Override
        public Address convert(String text) {
            int colon = text.lastIndexOf(':');
            String host = colon < 0 ? "" : text.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            } else if (host.indexOf(':') >= 0) {
                host = "";
            }
            int port = port(text.substring(colon + 1));
            if (host.isEmpty() || port < 1 || port > 65_535) {
                throw new TypeConversionException("'" + text + "' is not host:port, as in 127.0.0.1:7777");
            }
            return new Address(host, port);
        }

        private static int port(String text) {
            return text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        }
    }
}
