package tavern.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Address blocks in CIDR notation. */
final class AddressBlock {
    private static final Pattern BLOCK = Pattern.compile("([0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/([0-9]{1,3})");

    private AddressBlock() {}

    static boolean isValid(String block) {
        Matcher matcher = BLOCK.matcher(block);
        if (!matcher.matches()) {
            return false;
        }
        String address = matcher.group(1);
        boolean v6 = address.contains(":");
        if (!v6 && !address.matches("[0-9]+(\\.[0-9]+){3}")) {
            return false;
        }
        try {
            // Digits only, so this parses and never asks a name server.
            InetAddress.getByName(address);
            return Integer.parseInt(matcher.group(2)) <= (v6 ? 128 : 32);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
