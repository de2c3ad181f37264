# shellcheck shell=bash disable=SC2154
# Faults in the middle of a repair, and what must hold after them. Sourced after fix.sh.

# A repair to which this happens at that moment, and what must hold after it.
trial() { # NAME FAULT WHEN STATE VERSION [OPTION…]
    local name=$1 fault=$2 when=$3 folder=$guests/$1 port
    patient "$name" "$4" "$5"
    set -- "${@:6}"
    settings "$name" >"$folder/settings"
    port=$(free_port)
    host_set "$name" ".machines[0].forwarding[0][3] = \"$port\""
    local ran=0
    stage "fix, $fault at $when" on_host "$name" "$lab/support/faulty" "$folder" "$port" "$fault" "$when" \
        "$boxdoctor" fix --timeout 300 --yes "$@" >"$folder/fix.log" 2>&1 || ran=$?
    sed 's/^/   | /' "$folder/fix.log" >&2
    [ "$ran" = 0 ]
    host_set "$name" ".machines[0].forwarding[0][3] = \"$(<"$folder/port")\""
    local status boundaries seconds end
    read -r status boundaries seconds end <"$folder/outcome"
    say "   status $status, $boundaries boundaries, $seconds seconds, $end"
    # Who was killed says nothing more.
    [ "$fault $end" = 'kill struck' ] || plain "$status" "$folder/fix.log"
    [ "$fault" != none ] || [ "$status" = 0 ]
    guest_wait "$name"
    recovers "$name" "$@"
    share_works "$name"
    works "$name"
    settings "$name" >"$folder/settings.after"
    same 'the settings of the package managers' "$folder/settings" "$folder/settings.after"
    journals_can_be_read "$name"
    guest_end "$name"
}

# The next fix reaches health; one that refuses, while the guest still works on the first, says so, and
# the one after it does.
recovers() { # NAME [OPTION…]
    local name=$1 status=0 log=$guests/$1/fix.log
    shift
    stage 'fix once more' doctor "$name" fix --timeout 300 --yes "$@" </dev/null >"$log" 2>&1 || status=$?
    sed 's/^/   | /' "$log" >&2
    plain "$status" "$log"
    if [ "$status" = 2 ]; then
        stage 'wait until the guest is calm' calm "$name"
        stage 'fix a third time' fix "$name" 0 --yes "$@"
    elif [ "$status" != 0 ]; then
        say "the next fix ended with $status: it neither reached health nor refused"
        exit 1
    fi
}

# A call ends with a status of the contract, and says what came of it.
plain() { # STATUS LOG
    if ! [[ $1 =~ ^[0-3]$ ]] || ! [ -s "$2" ] || grep -q panicked "$2"; then
        say "the fix ended with $1, and not as it should: with a status of 0 to 3, having said why"
        exit 1
    fi
}

# Waits while the guest goes on with what a repair has begun, and for the minute for which it stays held
# where a power cut has taken the name of who held it.
calm() { # NAME
    local started=$SECONDS
    sleep 60
    while guest_ssh "$1" ps -eo args= | grep -E 'boxdoctor|dnf|apt-get|dpkg|vboxadd|VBoxLinux|install\.sh' >&2; do
        [ $((SECONDS - started)) -lt 300 ] || return 1
        sleep 2
    done
}

# The locks and repositories, with their contents.
settings() { # NAME
    guest_ssh "$1" 'sudo find /etc/dnf /etc/yum.repos.d /etc/apt -type f -exec sha256sum {} + 2>/dev/null | sort'
}

# Journals that are whole, and nothing half written beside them.
journals_can_be_read() { # NAME
    python3 - "$guests/$1/journals/runs" <<'READ'
import pathlib, sys, tomllib
for path in pathlib.Path(sys.argv[1]).iterdir():
    if path.suffix == ".toml":
        tomllib.loads(path.read_text())
    elif path.suffix != ".lock" and path.name != "owner":
        sys.exit(f"{path} is left")
READ
}
