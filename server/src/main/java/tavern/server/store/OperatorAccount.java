package tavern.server.store;

import java.util.List;

/**
 * An operator's account.
 *
 * @param version raised by each change; another account of the same name never had it
 * @param roles names of roles; those that a server does not know give no rights there
 * @param untilMillis when it expires; {@link Sanction#FOR_EVER_MILLIS} for never
 * @param madeBy who made it, as in the audit log
 * @param password a hash of the password; empty for none
 * @param totp the secret of the second factor, in base 32; empty for none
 * @param totpStep the newest time step whose code was used; codes of this and earlier steps are no longer valid
 * @param recovery hashes of the recovery codes that were not used
 * @param signedInMillis the last sign-in, or 0
 * @param signedInFrom the address of the last sign-in, or empty
 */
public record OperatorAccount(
        String name,
        long version,
        List<String> roles,
        boolean disabled,
        long untilMillis,
        long madeMillis,
        String madeBy,
        String password,
        String totp,
        long totpStep,
        List<String> recovery,
        long signedInMillis,
        String signedInFrom) {
    public OperatorAccount {
        roles = List.copyOf(roles);
        recovery = List.copyOf(recovery);
    }

    /** Whether the operator may do anything now. */
    public boolean isActive(long nowMillis) {
        return !disabled && untilMillis > nowMillis;
    }

    public OperatorAccount withRoles(List<String> next) {
        return next(next, disabled, untilMillis, password, totp, totpStep, recovery, signedInMillis, signedInFrom);
    }

    public OperatorAccount withDisabled(boolean next) {
        return next(roles, next, untilMillis, password, totp, totpStep, recovery, signedInMillis, signedInFrom);
    }

    public OperatorAccount withUntil(long next) {
        return next(roles, disabled, next, password, totp, totpStep, recovery, signedInMillis, signedInFrom);
    }

    public OperatorAccount withPassword(String next) {
        return next(roles, disabled, untilMillis, next, totp, totpStep, recovery, signedInMillis, signedInFrom);
    }

    /** With another second factor, or with none. */
    public OperatorAccount withSecondFactor(String secret, long step, List<String> codes) {
        return next(roles, disabled, untilMillis, password, secret, step, codes, signedInMillis, signedInFrom);
    }

    /** @param hash of the password */
    public OperatorAccount withSignIn(long atMillis, String address, String hash, long step, List<String> codesLeft) {
        return next(roles, disabled, untilMillis, hash, totp, step, codesLeft, atMillis, address);
    }

    /** Unchanged, under the next version. */
    public OperatorAccount touched() {
        return withRoles(roles);
    }

    private OperatorAccount next(
            List<String> newRoles,
            boolean isDisabled,
            long until,
            String newPassword,
            String newTotp,
            long step,
            List<String> codes,
            long signedIn,
            String from) {
        return new OperatorAccount(
                name,
                version + 1,
                newRoles,
                isDisabled,
                until,
                madeMillis,
                madeBy,
                newPassword,
                newTotp,
                step,
                codes,
                signedIn,
                from);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return name + " version " + version + " " + roles;
    }
}
