# Shared by the launchers: finds Java and, in a checkout, builds when sources are newer than the jars. Sourced, not run.
# The sourcing script has set `root`. What a release does needs bash and coreutils only, for images may lack the rest.

set -euo pipefail

java_major_min=17

# command:package. Debian's rabbitmq-server wrapper insists on its system folders; the command in this folder does not.
rabbitmq_bin=/usr/lib/rabbitmq/bin
service_packages=(redis-server:redis-server redis-cli:redis-tools "$rabbitmq_bin/rabbitmq-server:rabbitmq-server")

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# Adds a default flag to `flags` unless the user gave it.
default_flag() {
  local given
  for given in "${flags[@]}"; do
    case $given in "$1" | "$1="*) return ;; esac
  done
  flags+=("$1" "$2")
}

# Prints the packages of those "command:package" arguments whose command is missing.
missing_packages() {
  local need
  for need in "$@"; do
    command -v "${need%%:*}" >/dev/null || echo "${need#*:}"
  done
}

# Installs Debian packages, or dies with the command that would install them.
install_packages() {
  [ "$#" -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    die "needs packages that only root can install: apt-get install $*"
  fi
  echo "installing $*…" >&2
  (
    # Debian starts services when it installs them; this prevents that.
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

# Prints the feature version of the Java installed in $1, from its release file if it has one; 0 if there is no Java.
java_major() {
  local told=""
  [ -x "$1/bin/java" ] || { echo 0; return; }
  [ ! -r "$1/release" ] || told=$(<"$1/release")
  if [[ ! $'\n'$told =~ $'\n'JAVA_VERSION=\"?([0-9]+) ]]; then
    told=$("$1/bin/java" -version 2>&1) || true
    [[ $told =~ " version \""([0-9]+) ]] || { echo 0; return; }
  fi
  echo "${BASH_REMATCH[1]}"
}

# Prints folders that may hold a Java; among equal versions the first is preferred.
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

# Prints the newest Java that has bin/$1, as "major home"; nothing when none is new enough.
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
  [ -n "$found" ] || die "needs Java $java_major_min or newer: apt-get install openjdk-17-jre-headless"
  java_version=${found%% *}
  java_home=${found#* }
}

# Prints options for every JVM; newer versions would otherwise warn about features that Netty and SQLite need.
jvm_flags() {
  echo -XX:+ExitOnOutOfMemoryError
  # With this, Netty counts direct memory itself, and an allocation beyond the limit fails at once instead of waiting.
  echo --add-opens=java.base/java.nio=ALL-UNNAMED
  [ "$java_version" -lt 22 ] || echo --enable-native-access=ALL-UNNAMED
  [ "$java_version" -lt 24 ] || echo --sun-misc-unsafe-memory-access=allow
}

# Prints the megabytes of memory that Tavern's processes may use: the lowest limit of the control group (version 2 or 1)
# and its parents, at most the memory of the machine. $1 and $2 are the mount points of control groups and processes.
memory_megabytes() {
  local groups=${1:-/sys/fs/cgroup} processes=${2:-/proc} least line path folder file bytes
  [[ $(<"$processes/meminfo") =~ MemTotal:\ *([0-9]+) ]]
  least=$((BASH_REMATCH[1] / 1024))
  while IFS= read -r line; do
    case $line in
      0::*) folder=$groups file=memory.max path=${line#0::} ;;
      *:memory:*) folder=$groups/memory file=memory.limit_in_bytes path=${line#*:memory:} ;;
      *) continue ;;
    esac
    # In a container the path may be the host's and not exist here; then the root of the mount is the container's own
    # group.
    while :; do
      if bytes=$(cat "$folder$path/$file" 2>/dev/null) && [[ $bytes =~ ^[0-9]{1,18}$ ]]; then
        [ "$((bytes >> 20))" -ge "$least" ] || least=$((bytes >> 20))
      fi
      [ -n "${path%/}" ] || break
      path=${path%/*}
    done
  done <"$processes/self/cgroup"
  echo "$least"
}

# Prints Java options for a server that must fit into $1 megabytes. What Java's code, its threads and the store leave is
# divided between heap and direct memory, up to 1 GiB and 512 MiB; only TAVERN_JAVA_OPTS allows more.
memory_flags() {
  local rest=$(($1 - 176 - $1 / 16)) heap direct
  heap=$((rest * 2 / 3))
  direct=$((rest / 3))
  [ "$heap" -ge 64 ] || heap=64
  [ "$direct" -ge 32 ] || direct=32
  [ "$heap" -le 1024 ] || heap=1024
  [ "$direct" -le 512 ] || direct=512
  echo "-Xmx${heap}m"
  echo "-XX:MaxDirectMemorySize=${direct}m"
  # The heap starts small, and memory that a burst of logins took is returned to the system within seconds. A busy server
  # raises both ratios for as long as it is busy (SpareHeap.java).
  printf '%s\n' -Xms64m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20 -XX:G1PeriodicGCInterval=15000
  [ "$1" -ge 1024 ] || echo -XX:ReservedCodeCacheSize=64m
}

# Whether module $1 has no jar $2, or sources are newer than both the jar and the last build.
is_stale() {
  local jar="$root/$1/target/$2" stamp="$root/target/built" newer
  [ -f "$jar" ] && [ -d "$root/$1/target/lib" ] || return 0
  [ "$stamp" -nt "$jar" ] || stamp=$jar
  newer=$(find "$root/pom.xml" "$root"/*/pom.xml "$root"/*/src/main "$root/config/tavern.conf" \
    -newer "$stamp" -type f -print -quit)
  [ -n "$newer" ]
}

# Whether this is an unpacked release, which has jars and no sources.
is_release() {
  [ -d "$root/lib" ]
}

# Builds all jars when those of module $1 are stale. With TAVERN_BUILD=never, and in a release, nothing is built.
build_if_stale() {
  [ "${TAVERN_BUILD:-}" != never ] && ! is_release || return 0
  is_stale "$@" || return 0
  mkdir -p "$root/target"
  # Two launchers must not build at the same time; the second one waits and finds the build done.
  exec 9>"$root/target/build.lock"
  ! command -v flock >/dev/null || flock 9
  if is_stale "$@"; then
    build
  fi
  exec 9>&-
}

# Builds the client for pages, and the page to play on, when their sources are newer.
build_page_if_stale() {
  [ "${TAVERN_BUILD:-}" != never ] || return 0
  local page="$root/client-web/target/play/play.html" web="$root/client-web" newer log="$root/target/page.log"
  if [ -f "$page" ]; then
    newer=$(find "$web/play" "$web/src" "$web/scripts" "$web/package-lock.json" "$root/protocol/src/main/proto" \
      -newer "$page" -type f -not -path "$web/src/gen/*" -print -quit)
    [ -n "$newer" ] || return 0
  fi
  echo "building the page…" >&2
  mkdir -p "$root/target"
  "$web/build" >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "could not build the page; all of its output is in $log"; }
}

# Builds the page of the game in folder $1 when its sources, or the client, are newer.
build_game_page_if_stale() {
  local page="$1/target/page/play.html" newer
  if [ -f "$page" ]; then
    newer=$(find "$1/page" "$1/src/main/proto" "$root/client-web/dist" "$root/bin/game-template/page" -newer "$page" -type f -not -path "$1/page/gen/*" -print -quit)
    [ -n "$newer" ] || return 0
  fi
  node "$root/client-web/scripts/game-page.mjs" "$1" >&2 || die "could not build the page"
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
  # Sources edited during the build are newer than this stamp, so the next launch builds them.
  mv "$root/target/building" "$root/target/built"
  make_archive >>"$log" 2>&1 9>&- || {
    # Interrupted by Ctrl-C: stop the launcher too.
    [ $? -lt 128 ] || exit 130
    echo "no archive for faster starts; the server works without it" >>"$log"
  }
}

# Prints the path of the server's archive, which holds its classes loaded and linked, and from JDK 25 on also profiles
# for the compiler. An archive is valid for one Java and one build.
server_archive() {
  if [ "$java_version" -ge 25 ]; then
    echo "$root/server/target/server-$java_version.aot"
  else
    echo "$root/server/target/server-$java_version.jsa"
  fi
}

# Runs the built server briefly with some players; Java writes the archive when the server ends.
make_archive() (
  command -v timeout >/dev/null || exit 1
  find_java
  archive=$(server_archive)
  new=$(basename "$archive").new
  record=-XX:AOTCacheOutput
  [ "$java_version" -ge 25 ] || record=-XX:ArchiveClassesAtExit
  # The archive's path is relative, because options are split at blanks.
  cd "$root/server/target" || exit 1
  rm -f server-*.aot* server-*.jsa*
  folder=$(mktemp -d "${TMPDIR:-/tmp}/tavern-archive.XXXXXX") || exit 1
  server=""
  bots=""
  trap '[ -z "$bots" ] || kill "$bots" || true
    [ -z "$server" ] || { kill "$server" && wait "$server"; } || true
    rm -rf "$folder" "$new"*' EXIT
  trap 'exit 130' INT TERM
  # A clean environment, without the user's settings for servers; timeout ends the processes if this script is killed.
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
  # Runs in the background, because a signal would otherwise wait until it ends.
  "${clean[@]}" timeout -k 5 30 "$root/bin/bots" --server "$address" --bots 100 --rooms 5 --duration 1s &
  bots=$!
  wait "$bots" || exit 1
  bots=""
  kill "$server" && wait "$server" || exit 1
  server=""
  # Renames it in one step, because other launchers may be starting.
  mv "$new" "$archive"
)

# Prints options to start the server with its archive, if there is one that is not older than what it was made from.
archive_flags() {
  local archive
  case "${TAVERN_JAVA_OPTS:-} ${JAVA_TOOL_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${_JAVA_OPTIONS:-}" in
    *AOT* | *Archive* | *-Xshare* | *@*) return ;;
  esac
  archive=$(server_archive)
  [ -f "$archive" ] || return 0
  [ -z "$(find "$root/server/target/tavern-server.jar" "$root/server/target/lib" -newer "$archive" -print -quit)" ] || return 0
  # If the archive does not fit (another garbage collector, an agent), Java starts without it; its warnings are turned
  # off.
  case $archive in
    *.aot) printf '%s\n' "-XX:AOTCache=$archive" '-Xlog:aot*=off' ;;
    *) printf '%s\n' "-XX:SharedArchiveFile=$archive" '-Xlog:cds*=off' ;;
  esac
}

# Prints the class path of module $1, whose jar is $2. The jar comes first: other jars may have a logback.xml too.
class_path() {
  if is_release; then
    echo "$root/lib/$1/$2:$root/lib/*"
  else
    echo "$root/$1/target/$2:$root/$1/target/lib/*"
  fi
}

# run_java MODULE JAR MAIN_CLASS [JVM options] -- arguments…: becomes the JVM, so that signals reach it.
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
  # Java encodes file names as the locale says, SQLite in UTF-8: with another locale, names with letters such as ä
  # break.
  case $(locale charmap 2>/dev/null) in
    UTF-8 | "") ;;
    *) export LC_ALL=C.UTF-8 ;;
  esac
  local flags
  mapfile -t flags < <(
    jvm_flags
    [ "$module" != server ] || archive_flags
  )
  local own=()
  # Split on purpose: the variable may hold several options.
  # shellcheck disable=SC2206
  own=(${TAVERN_JAVA_OPTS:-})
  exec "$java_home/bin/java" "${flags[@]}" "${options[@]}" "${own[@]}" \
    -cp "$(class_path "$module" "$jar")" "$main" "${arguments[@]}"
}
