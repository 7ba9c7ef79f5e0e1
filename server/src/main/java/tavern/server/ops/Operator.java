package tavern.server.ops;

import java.util.List;
import java.util.Set;
import tavern.server.operators.Right;

/**
 * The operator who sends a request.
 *
 * @param name of the account, or the token's name in its file
 * @param credential distinguishes this token or session from others of the same operator; never the secret itself
 */
record Operator(String name, List<String> roles, Set<Right> rights, Kind kind, String credential) {
    /** How the operator has proved who they are. */
    enum Kind {
        /** With a token of the token file, which is nobody's account. */
        TOKEN_FILE,
        SESSION,
        TOKEN
    }

    boolean may(Right right) {
        return rights.contains(right);
    }

    @Override
    public String toString() {
        return name + " (" + String.join(", ", roles) + ")";
    }
}
