package tavern.server.operators;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The roles that this server knows: three of its own, and those of its configuration. */
public final class Roles {
    public static final String VIEWER = "viewer";
    public static final String MODERATOR = "moderator";
    public static final String ADMIN = "admin";

    /** From the least powerful to the most; each has the rights of those before it. */
    public static final List<String> BUILT_IN = List.of(VIEWER, MODERATOR, ADMIN);

    private final SortedMap<String, Set<Right>> rights;

    private Roles(SortedMap<String, Set<Right>> rights) {
        this.rights = rights;
    }

    /**
     * The server's own roles and others.
     *
     * @param more must not redefine a role of the server's own; each of them also gets the right to see
     */
    public static Roles with(Map<String, Set<Right>> more) {
        SortedMap<String, Set<Right>> all = new TreeMap<>();
        more.forEach((name, rights) -> {
            Set<Right> some = EnumSet.of(Right.SEE);
            some.addAll(rights);
            all.put(name, Collections.unmodifiableSet(some));
        });
        all.put(VIEWER, Collections.unmodifiableSet(EnumSet.of(Right.SEE)));
        all.put(
                MODERATOR,
                Collections.unmodifiableSet(EnumSet.of(Right.SEE, Right.SEE_PRIVATE, Right.PLAYERS, Right.ANNOUNCE)));
        all.put(ADMIN, Collections.unmodifiableSet(EnumSet.allOf(Right.class)));
        return new Roles(Collections.unmodifiableSortedMap(all));
    }

    public boolean knows(String name) {
        return rights.containsKey(name);
    }

    /** All roles with their rights. */
    public SortedMap<String, Set<Right>> all() {
        return rights;
    }

    /** What all these roles together may do; unknown ones give nothing. */
    public Set<Right> rights(Collection<String> names) {
        Set<Right> found = EnumSet.noneOf(Right.class);
        names.forEach(name -> found.addAll(rights.getOrDefault(name, Set.of())));
        return Collections.unmodifiableSet(found);
    }

    /** The least powerful of the server's own roles that has the right. */
    public String least(Right right) {
        return BUILT_IN.stream()
                .filter(name -> rights.getOrDefault(name, Set.of()).contains(right))
                .findFirst()
                .orElse(ADMIN);
    }
}
