# shellcheck shell=bash disable=SC2154
# What a repair is held to. Sourced by the scenarios, and brings the rest with it.
# shellcheck source=tests/lab/support/guest.sh
. "$lab/support/guest.sh"
# shellcheck source=tests/lab/support/host.sh
. "$lab/support/host.sh"
# shellcheck source=tests/lab/light/guest.sh
. "$lab/light/guest.sh"

# What a repair could leave behind: mounts, loop devices, processes and files in the places for them.
traces() { # NAME
    guest_ssh "$1" sudo sh -s <<'INSIDE'
grep -v ' /vagrant ' /proc/mounts | cut -d ' ' -f 1-3 | sort
cat /sys/block/loop*/loop/backing_file 2>/dev/null
find /tmp /var/tmp /dev/shm /root /home /var/lib/boxdoctor* -xdev 2>/dev/null | sort
ps -eo args= | grep -i '[b]oxdoctor'
exit 0
INSIDE
}

# All that must be as before after a run that changed nothing. What sudo and package managers write
# for themselves is left out.
everything() { # NAME
    guest_ssh "$1" sudo sh -s <<'INSIDE'
find / -xdev \( -path /var/log -o -path /var/cache -o -path /run -o -path /var/lib/apt/lists -o -path /var/lib/dnf \) -prune \
    -o -name '*-shm' \
    -o -type f -printf '%p %s %m %u %T@\n' -o -printf '%p %y %m %u %l\n' | sort
! command -v rpm >/dev/null || rpm -qa | sort
dpkg-query -W
cat /proc/mounts /proc/modules | cut -d ' ' -f 1-3
exit 0
INSIDE
}

same() { # WHAT BEFORE AFTER
    diff "$2" "$3" >&2 || {
        say "$1: before and after differ, see above"
        exit 1
    }
}

# Runs a fix that has to end with a status; what it said is kept.
fix() { # NAME STATUS [OPTION…]
    local name=$1 expected=$2 status=0
    # A guest that is emulated, beside others, is slow.
    doctor "$name" fix --timeout 300 "${@:3}" </dev/null >"$guests/$name/fix.log" 2>&1 || status=$?
    sed 's/^/   | /' "$guests/$name/fix.log" >&2
    [ "$status" = "$expected" ] || {
        say "fix ${*:3} ended with $status, and not with $expected"
        exit 1
    }
}

# Whether the last fix said this.
said() { # TEXT
    grep -qF -- "$1" "$guests/$name/fix.log" || {
        say "the fix did not say: $1"
        exit 1
    }
}

# Starts a guest in this state, below a VirtualBox of this version, and notes how it is. With
# LAB_GUESTS=light it is a light one, which is for whoever writes a scenario, and cannot wait.
patient() { # NAME STATE [VERSION]
    stage 'start the guest' "${LAB_GUESTS:-scenario}_guest" "$1" "$2"
    host_project "$1" "${3:-}"
    traces "$1" >"$guests/$1/traces"
}

# One fix, and the guest works: the share on both sides, nothing left behind, nothing left to do.
cured() { # NAME [OPTION…]
    local name=$1 folder=$guests/$1
    stage "fix --yes ${*:2}" fix "$name" 0 --yes "${@:2}"
    share_works "$name"
    works "$name"
}

# Nothing is left behind, nothing is wrong, and a second fix finds nothing to do.
works() { # NAME
    local name=$1 folder=$guests/$1
    traces "$name" >"$folder/traces.after"
    same 'what a repair could leave behind' "$folder/traces" "$folder/traces.after"
    doctor "$name" check --timeout 300 --format json >"$folder/report.json"
    # A note is about what works.
    jq '.targets[].findings[] | select(.status == "fail" and .severity != "info")' "$folder/report.json" >"$folder/wrong"
    [ ! -s "$folder/wrong" ] || {
        cat "$folder/wrong" >&2
        say 'there is still something wrong'
        exit 1
    }
    local runs
    runs=$(journals "$name")
    stage 'fix again' fix "$name" 0 --yes
    said 'There is nothing'
    [ "$(journals "$name")" = "$runs" ]
}

# The journals of this guest, with their contents.
journals() { # NAME
    local state=$guests/$1/journals
    [ ! -d "$state" ] || find "$state" -name '*.toml' -exec sha256sum {} + | sort
}

# A fix that has to leave everything as it is, and ends with this status.
untouched() { # NAME STATUS [OPTION…]
    local folder=$guests/$1
    everything "$1" >"$folder/everything"
    stage "fix ${*:3}" fix "$@"
    everything "$1" >"$folder/everything.after"
    same 'the guest' "$folder/everything" "$folder/everything.after"
}
