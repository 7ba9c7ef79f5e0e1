# Shared by the launchers: finding Java, building when sources are newer than the jars. Sourced, not run.
# The sourcing script has set `root`.

set -euo pipefail

java_major_min=17

# command:package. Debian's own rabbitmq-server command insists on its system folders, the one below it does not.
rabbitmq_bin=/usr/lib/rabbitmq/bin
service_packages=(redis-server:redis-server redis-cli:redis-tools "$rabbitmq_bin/rabbitmq-server:rabbitmq-server")

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# The packages of "command:package" arguments whose command is not there.
missing_packages() {
  local need
  for need in "$@"; do
    command -v "${need%%:*}" >/dev/null || echo "${need#*:}"
  done
}

# Installs Debian packages, or dies with the command that would.
install_packages() {
  [ "$#" -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    die "needs packages that only root can install: apt-get install $*"
  fi
  echo "installing $*…" >&2
  (
    # Debian starts services as it installs them; none must run that did not before.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
      trap 'rm -f "$policy"' EXIT
      printf '#!/bin/sh\nexit 101\n' >"$policy"
      chmod 755 "$policy"
    fi
    apt-get update -qq &&
      DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
  ) >&2 || die "could not install $*"
}

# Feature version of the Java installed in $1, from its release file where it has one; 0 for none.
java_major() {
  local version=""
  [ -x "$1/bin/java" ] || { echo 0; return; }
  if [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release" | head -n 1)
  fi
  [ -n "$version" ] || version=$("$1/bin/java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  echo "${version:-0}"
}

# Folders that may hold a Java, the preferred ones of equal version first.
java_homes() {
  [ -z "${JAVA_HOME:-}" ] || echo "$JAVA_HOME"
  local path
  if path=$(command -v java); then
    dirname "$(dirname "$(readlink -f "$path")")"
  fi
  for path in /usr/lib/jvm/*; do
    [ -d "$path" ] && readlink -f "$path"
  done
}

# The newest Java that has bin/$1, as "major home"; empty when there is none that is new enough.
newest_java() {
  local home major best=0 best_home=""
  while read -r home; do
    [ -x "$home/bin/$1" ] || continue
    major=$(java_major "$home")
    if [ "$major" -gt "$best" ]; then
      best=$major
      best_home=$home
    fi
  done < <(java_homes)
  [ "$best" -lt "$java_major_min" ] || echo "$best $best_home"
}

# Sets java_home and java_version.
find_java() {
  local found
  found=$(newest_java java)
  [ -n "$found" ] || die "needs Java $java_major_min or newer: apt-get install openjdk-17-jdk-headless"
  java_version=${found%% *}
  java_home=${found#* }
}

# Options that every JVM of ours gets; newer ones would warn about what Netty and SQLite need.
jvm_flags() {
  echo -XX:+ExitOnOutOfMemoryError
  [ "$java_version" -lt 22 ] || echo --enable-native-access=ALL-UNNAMED
  [ "$java_version" -lt 24 ] || echo --sun-misc-unsafe-memory-access=allow
}

# Whether $1 (a module) has no jar, or sources are newer than the jar and than the last build.
is_stale() {
  local jar="$root/$1/target/$2" stamp="$root/target/built" newer
  [ -f "$jar" ] && [ -d "$root/$1/target/lib" ] || return 0
  [ "$stamp" -nt "$jar" ] || stamp=$jar
  newer=$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main "$root/config/tavern.conf" \
    -newer "$stamp" -type f -print -quit)
  [ -n "$newer" ]
}

# Builds all jars when those of module $1 are stale. TAVERN_BUILD=never runs what is there.
build_if_stale() {
  [ "${TAVERN_BUILD:-}" != never ] || return 0
  is_stale "$@" || return 0
  mkdir -p "$root/target"
  # Two launchers must not build into the same folders; the second finds the work done.
  exec 9>"$root/target/build.lock"
  ! command -v flock >/dev/null || flock 9
  if is_stale "$@"; then
    build
  fi
  exec 9>&-
}

build() {
  command -v mvn >/dev/null || die "needs Maven to build: apt-get install maven"
  local found log="$root/target/build.log"
  found=$(newest_java javac)
  [ -n "$found" ] || die "needs a JDK $java_major_min or newer to build: apt-get install openjdk-17-jdk-headless"
  if [ -f "$root/target/built" ]; then
    echo "building Tavern (sources have changed)…" >&2
  else
    echo "building Tavern (first time: downloads libraries, about a minute)…" >&2
  fi
  touch "$root/target/building"
  if ! (cd "$root" && JAVA_HOME=${found#* } mvn -B -q -ntp -Dquick -DskipTests package) >"$log" 2>&1 9>&-; then
    grep -m 30 -F 'ERROR' "$log" >&2 || tail -n 30 "$log" >&2
    die "the build failed; all of its output is in $log"
  fi
  # What was edited while the build ran is newer than the stamp, so it is built the next time.
  mv "$root/target/building" "$root/target/built"
  make_archive >>"$log" 2>&1 9>&- || {
    # By Ctrl-C: then nothing else is wanted either.
    [ $? -lt 128 ] || exit 130
    echo "no archive for faster starts; the server works without" >>"$log"
  }
}

# The server's archive: its classes as Java has loaded and linked them, and from JDK 25 on also what is worth compiling.
# It is for one Java and one build.
server_archive() {
  if [ "$java_version" -ge 25 ]; then
    echo "$root/server/target/server-$java_version.aot"
  else
    echo "$root/server/target/server-$java_version.jsa"
  fi
}

# Runs the built server with some players for a moment: Java writes the archive when it ends.
make_archive() (
  command -v timeout >/dev/null || exit 1
  find_java
  archive=$(server_archive)
  new=$(basename "$archive").new
  record=-XX:AOTCacheOutput
  [ "$java_version" -ge 25 ] || record=-XX:ArchiveClassesAtExit
  # A relative path, because options are split at blanks.
  cd "$root/server/target" || exit 1
  rm -f server-*.aot* server-*.jsa*
  folder=$(mktemp -d "${TMPDIR:-/tmp}/tavern-archive.XXXXXX") || exit 1
  server=""
  bots=""
  trap '[ -z "$bots" ] || kill "$bots" || true
    [ -z "$server" ] || { kill "$server" && wait "$server"; } || true
    rm -rf "$folder" "$new"*' EXIT
  trap 'exit 130' INT TERM
  # Nothing that the user has set for servers; and an end, should this script be killed.
  clean=(env -i PATH="$PATH" HOME="${HOME:-/}" TMPDIR="${TMPDIR:-/tmp}" LANG="${LANG:-}" LC_ALL="${LC_ALL:-}"
    JAVA_HOME="$java_home" TAVERN_BUILD=never)
  "${clean[@]}" TAVERN_JAVA_OPTS="$record=$new" timeout -k 60 60 "$root/bin/server" \
    -Dnet.port=0 -Dops.port=0 -Dstore.path="$folder" --ready-file "$folder/ready" &
  server=$!
  until [ -s "$folder/ready" ]; do
    kill -0 "$server" || exit 1
    sleep 0.1
  done
  address=$(cat "$folder/ready")
  # In the background, or a signal would wait for its end.
  "${clean[@]}" timeout -k 5 30 "$root/bin/bots" --server "$address" --bots 100 --rooms 5 --duration 1s &
  bots=$!
  wait "$bots" || exit 1
  bots=""
  kill "$server" && wait "$server" || exit 1
  server=""
  # Whole or not at all: others may be starting.
  mv "$new" "$archive"
)

# Options to start the server with its archive, where there is one that is as new as all it was made from.
archive_flags() {
  local archive
  case "${TAVERN_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-}" in
    *AOT* | *Archive* | *-Xshare* | *@*) return ;;
  esac
  archive=$(server_archive)
  [ -f "$archive" ] || return 0
  [ -z "$(find "$root/server/target/tavern-server.jar" "$root/server/target/lib" -newer "$archive" -print -quit)" ] || return 0
  # With one that does not fit (another collector, an agent) Java starts as it would without, and would complain.
  case $archive in
    *.aot) printf '%s\n' "-XX:AOTCache=$archive" '-Xlog:aot*=off' ;;
    *) printf '%s\n' "-XX:SharedArchiveFile=$archive" '-Xlog:cds*=off' ;;
  esac
}

# run_java MODULE JAR MAIN_CLASS [JVM options --] arguments…: becomes the JVM, so that signals reach it.
# -Dkey=value among the arguments goes to the JVM.
run_java() {
  local module=$1 jar=$2 main=$3 argument
  shift 3
  local options=() arguments=()
  while [ "$1" != -- ]; do
    options+=("$1")
    shift
  done
  shift
  for argument in "$@"; do
    case $argument in
      -D?*) options+=("$argument") ;;
      *) arguments+=("$argument") ;;
    esac
  done
  find_java
  local flags
  mapfile -t flags < <(
    jvm_flags
    [ "$module" != server ] || archive_flags
  )
  local own=()
  # Split on purpose: several options in one variable.
  # shellcheck disable=SC2206
  own=(${TAVERN_JAVA_OPTS:-})
  exec "$java_home/bin/java" "${flags[@]}" "${options[@]}" "${own[@]}" \
    -cp "$root/$module/target/$jar:$root/$module/target/lib/*" "$main" "${arguments[@]}"
}
