package tavern.server.ops;

/**
 * Who asks.
 *
 * @param name of the token in its file, never the token itself
 */
record Operator(Role role, String name) {
    @Override
    public String toString() {
        return name + " (" + role + ")";
    }
}
