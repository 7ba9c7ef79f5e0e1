package tavern.server.ops;

/**
 * The operator who sends a request.
 *
 * @param name the token's name in its file
 * @param tokenHash distinguishes this token from earlier ones of the same operator; never the token itself
 */
record Operator(Role role, String name, String tokenHash) {
    @Override
    public String toString() {
        return name + " (" + role + ")";
    }
}
