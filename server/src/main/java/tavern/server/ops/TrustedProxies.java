package tavern.server.ops;

import io.javalin.http.Context;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Determines the origin of a request. Anybody can write a forwarded address, so it is believed only from a trusted
 * proxy, and of its list only the last address that does not belong to a trusted proxy itself.
 */
final class TrustedProxies {
    /** Longer chains of proxies do not occur; the rest would be invented by the client. */
    private static final int HOPS_MAX = 16;

    private static final int HEADER_CHARACTERS_MAX = 2_048;

    /** Headers that proxies add; a request with any of these may not have been made on this machine. */
    private static final List<String> TRACES = List.of(
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Real-IP",
            "Via");

    /** https://www.rfc-editor.org/rfc/rfc7239#section-4 */
    private static final Pattern FOR =
            Pattern.compile("(?i)(?:^|;)\\s*for\\s*=\\s*(?:\"([^\"]*)\"|([^\\s;\"]+))\\s*(?=;|$)");

    private final List<IpSubnetFilterRule> trusted;

    /** @param blocks in CIDR notation */
    TrustedProxies(List<String> blocks) {
        trusted = blocks.stream().map(TrustedProxies::rule).toList();
    }

    private static IpSubnetFilterRule rule(String block) {
        int slash = block.lastIndexOf('/');
        return new IpSubnetFilterRule(
                block.substring(0, slash), Integer.parseInt(block.substring(slash + 1)), IpFilterRuleType.ACCEPT);
    }

    /**
     * Returns the address of the client, or of the last hop that can be believed. Throws {@link RequestRefusedException} when
     * a trusted proxy passes on contradictory headers: one of them then comes from the client.
     */
    InetAddress client(Context context) {
        InetAddress peer = peer(context);
        if (!isTrusted(peer)) {
            return peer;
        }
        HttpServletRequest request = context.req();
        List<String> plain = hops(request, "X-Forwarded-For");
        List<String> forwarded = hops(request, "Forwarded");
        if (plain.isEmpty() || forwarded.isEmpty()) {
            return lastUntrusted(peer, plain, forwarded);
        }
        InetAddress one = lastUntrusted(peer, plain, List.of());
        if (!one.equals(lastUntrusted(peer, List.of(), forwarded))) {
            throw RequestRefusedException.badRequest("X-Forwarded-For and Forwarded contradict each other;"
                    + " the proxy must remove the one that it does not write itself");
        }
        return one;
    }

    /** Whether the request was made directly by a program on this machine. */
    boolean isLocal(Context context) {
        InetAddress peer = peer(context);
        return !isTrusted(peer)
                && peer.isLoopbackAddress()
                && TRACES.stream().allMatch(name -> context.req().getHeader(name) == null);
    }

    private InetAddress lastUntrusted(InetAddress peer, List<String> plain, List<String> forwarded) {
        InetAddress last = peer;
        List<@Nullable InetAddress> addresses = new ArrayList<>();
        plain.forEach(hop -> addresses.add(address(hop)));
        forwarded.forEach(hop -> addresses.add(forwardedFor(hop)));
        Collections.reverse(addresses);
        for (InetAddress each : addresses) {
            if (each == null || !isTrusted(last)) {
                break;
            }
            last = each;
        }
        return last;
    }

    /** Returns the last hops, in the order in which they were passed. */
    private static List<String> hops(HttpServletRequest request, String header) {
        String all = String.join(",", Collections.list(request.getHeaders(header)));
        if (all.isEmpty()) {
            return List.of();
        }
        // Cut off on the left, the part that clients write.
        String known = all.substring(Math.max(0, all.length() - HEADER_CHARACTERS_MAX));
        List<String> hops = List.of(known.split(",", -1));
        return hops.subList(Math.max(0, hops.size() - HOPS_MAX), hops.size());
    }

    private static @Nullable InetAddress forwardedFor(String hop) {
        Matcher matcher = FOR.matcher(hop.strip());
        return matcher.find() ? address(matcher.group(1) == null ? matcher.group(2) : matcher.group(1)) : null;
    }

    /** Parses a numeric address, perhaps with a port; null for anything else, such as a name that hides the address. */
    private static @Nullable InetAddress address(String text) {
        String bare = text.strip();
        if (bare.startsWith("[")) {
            bare = bare.substring(1, Math.max(1, bare.indexOf(']')));
        } else if (bare.indexOf(':') >= 0 && bare.indexOf(':') == bare.lastIndexOf(':')) {
            bare = bare.substring(0, bare.indexOf(':'));
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(bare);
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("not the length of an address: " + bytes.length, e);
        }
    }

    private boolean isTrusted(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return trusted.stream().anyMatch(rule -> rule.matches(socket));
    }

    private static InetAddress peer(Context context) {
        String text = context.req().getRemoteAddr();
        InetAddress peer = address(text);
        if (peer == null) {
            throw new IllegalStateException("no address: " + text);
        }
        return peer;
    }
}
