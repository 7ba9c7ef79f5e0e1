package tavern.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A root file system in which commands run as a container engine would run them: it is all there is, and read-only but for
 * {@code /data}, {@code /tmp} and what is shared with it, in namespaces of its own for mounts and processes.
 */
final class Container {
    /** $1 is the root, $2 user:group, $3 a folder that is at the same place inside, or nothing; the rest is the command. */
    private static final String CONTAIN = """
            set -e
            root=$1 user=$2 shared=$3
            shift 3
            mount --make-rprivate /
            mount --bind "$root" "$root"
            mount -t tmpfs tmpfs "$root/data"
            chown "$user" "$root/data"
            mount -t tmpfs tmpfs "$root/tmp"
            mount -t proc proc "$root/proc"
            mount --bind /dev "$root/dev"
            if [ -n "$shared" ]; then
              mkdir -p "$root$shared"
              mount --bind "$shared" "$root$shared"
            fi
            mount -o remount,ro,bind "$root"
            exec /usr/sbin/chroot --userspec="$user" "$root" "$@"
            """;

    private final Path root;
    private final String user;
    private final String shared;

    /**
     * @param root has folders {@code data} and {@code tmp}
     * @param user number of a user and of a group, with a colon between them
     */
    Container(Path root, String user) throws IOException {
        this(root, user, "");
    }

    private Container(Path root, String user, String shared) throws IOException {
        this.root = root;
        this.user = user;
        this.shared = shared;
        for (String mount : List.of("proc", "dev")) {
            Files.createDirectories(root.resolve(mount));
        }
    }

    /** The same with a folder of the machine, which is at the same place inside. */
    Container sharing(Path folder) throws IOException {
        return new Container(root, user, folder.toString());
    }

    /** Whether this user and this machine can do what a container engine does. */
    static boolean canBeMade() throws IOException, InterruptedException {
        // In a container of its own even root may lack the right.
        return "root".equals(System.getProperty("user.name"))
                && Files.isExecutable(Path.of("/usr/bin/unshare"))
                && new ProcessBuilder("/usr/bin/unshare", "--mount", "--pid", "--fork", "/bin/true")
                                .start()
                                .waitFor()
                        == 0;
    }

    /** What to run so that the command runs inside. */
    List<String> command(List<String> inside) {
        List<String> command = new ArrayList<>(
                List.of("/usr/bin/unshare", "--mount", "--pid", "--fork", "--kill-child", "/bin/bash", "-c", CONTAIN));
        command.addAll(List.of("container", root.toString(), user, shared));
        command.addAll(inside);
        return command;
    }

    /** The process that runs inside; to end it by a signal lets it stop in order. */
    static ProcessHandle inside(Process container) {
        return container.children().findFirst().orElseThrow();
    }
}
