package tavern.server.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Address blocks in CIDR notation. */
final class AddressBlock {
    private static final Pattern BLOCK = Pattern.compile("([0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)/([0-9]{1,3})");

    private AddressBlock() {}

    /** The address blocks of a setting; elements that are not address blocks are reported as problems. */
    static List<String> list(SettingReader settings, String key) {
        List<String> blocks = settings.texts(key);
        for (String block : blocks) {
            if (!isValid(block)) {
                settings.problem(
                        key, "each must be an address block such as 10.0.0.0/8 or fd00::/8; this one is not: " + block);
            }
        }
        return blocks;
    }

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
            // The text is digits only, so it is parsed and never resolved by name.
            InetAddress.getByName(address);
            return Integer.parseInt(matcher.group(2)) <= (v6 ? 128 : 32);
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
