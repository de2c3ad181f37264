# shellcheck shell=bash disable=SC2154
# Guests of the lab: start one, talk to it, stop it. Sourced; needs `lab` and `cache`.

# Each run has a folder of its own, so that several can go on at the same time.
guests=$cache/guests/${LAB_RUN:=$$}
snapshots=$cache/snapshots

say() { echo "$*" >&2; }

# Runs a command and says how long it took.
stage() { # TITLE COMMAND…
    local title=$1 start=$EPOCHREALTIME status=0
    shift
    say "== $title"
    # Not `"$@" || …`, in which a function would go on after a command that failed.
    set +e
    (
        set -e
        "$@"
    )
    status=$?
    set -e
    local took=$((${EPOCHREALTIME/./} - ${start/./}))
    printf '   %s: %d.%d s%s\n' "$title" $((took / 1000000)) $((took / 100000 % 10)) \
        "$([ "$status" = 0 ] || echo ", failed with $status")" >&2
    return "$status"
}

# For a command that has to fail: the shell's own `!` would let it pass.
refused() { # COMMAND…
    ! "$@" || {
        say "this should have failed: $*"
        exit 1
    }
}

# A port that nobody listens on, and that no other guest was given.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 20000))
        ! grep -qsx "$port" "$cache"/guests/*/*/port || continue
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# Starts a guest from what was kept of another, which is ready at once.
guest_start() { # NAME SNAPSHOT
    local folder=$guests/$1
    guest_folder "$1" "$snapshots/$2/disk.qcow2" qcow2
    echo "$snapshots/$2/memory" >"$folder/memory"
    cp "$snapshots/$2/console" "$folder"
    guest_run "$1"
    # Its clock stands where it stood.
    guest_ssh "$1" "sudo date -s @$(date +%s)" >/dev/null
}

# Starts a guest from the disk of a box.
guest_boot() { # NAME BOX
    guest_folder "$1" "$cache/$2.img" raw
    guest_run "$1"
}

# Makes the folder of a guest, which has a disk of its own above another.
guest_folder() { # NAME DISK FORMAT
    local folder=$guests/$1
    guest_end "$1"
    rm -rf "$folder"
    mkdir -p "$folder/share"
    # The user of the guest has this number too.
    chown 1000:1000 "$folder/share"
    qemu-img create -q -f qcow2 -b "$2" -F "$3" "$folder/disk.qcow2"
    free_port >"$folder/port"
    printf '%s\n' -netdev "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:$(<"$folder/port")-:22" \
        -virtfs "local,id=share0,path=$folder/share,mount_tag=vagrant,security_model=passthrough" >"$folder/devices"
}

guest_run() { # NAME
    setsid "$lab/support/machine" "$guests/$1" </dev/null >"$guests/$1/machine.log" 2>&1 9>&- &
    guest_wait "$1"
}

# Whether the guest's machine runs. Its number may have become that of another process.
guest_runs() { # NAME
    machine_runs "$guests/$1"
}

machine_runs() { # FOLDER
    [ -e "$1/pid" ] && grep -qsz '/machine$' "/proc/$(<"$1/pid")/cmdline"
}

# The first line of the guest's sshd. The port itself is always open: it is QEMU's.
guest_answers() { # NAME
    local banner
    exec 3<>"/dev/tcp/127.0.0.1/$(<"$guests/$1/port")" || return 1
    read -r -t 5 -u 3 banner || banner=
    exec 3>&-
    [[ $banner == SSH-* ]]
} 2>/dev/null

guest_wait() { # NAME
    local started=$SECONDS
    until guest_answers "$1"; do
        if [ $((SECONDS - started)) -gt "${LAB_BOOT_SECONDS:-240}" ] ||
            { [ $((SECONDS - started)) -gt 3 ] && ! guest_runs "$1"; }; then
            say "the guest $1 does not answer; its last words are in $guests/$1"
            tail -n 20 "$guests/$1"/{machine.log,console} >&2 || :
            return 1
        fi
        sleep 0.5
    done
}

# Runs a command in the guest, as its user vagrant.
guest_ssh() { # NAME [WORD…]
    ssh -F none -q -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -o StrictHostKeyChecking=no \
        -o UserKnownHostsFile=/dev/null -o ServerAliveInterval=10 -i "$cache/key" \
        -p "$(<"$guests/$1/port")" vagrant@127.0.0.1 "${@:2}"
}

# Lets the guest start again, and waits until it really has.
guest_restart() { # NAME
    local before
    before=$(guest_ssh "$1" cat /proc/sys/kernel/random/boot_id)
    guest_ssh "$1" sudo reboot || :
    sleep 2
    guest_wait "$1"
    [ "$(guest_ssh "$1" cat /proc/sys/kernel/random/boot_id)" != "$before" ]
}

# Keeps the guest as it is now, and ends it.
guest_snapshot() { # NAME SNAPSHOT
    local folder=$guests/$1 kept=$snapshots/$2 pid
    rm -rf "$kept"
    mkdir -p "$kept.new"
    guest_ssh "$1" 'sudo sync; sudo sh -c "echo 3 >/proc/sys/vm/drop_caches"'
    cp "$folder/console" "$kept.new"
    pid=$(<"$folder/pid")
    printf 'migrate "exec:cat >%q"\nquit\n' "$kept.new/memory" >"$folder/monitor.in"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.2; done
    [ -s "$kept.new/memory" ]
    mv "$folder/disk.qcow2" "$kept.new"
    mv "$kept.new" "$kept"
    rm -rf "$folder"
}

# Ends the guest without asking it, as a power cut would.
guest_end() { # NAME
    machine_end "$guests/$1"
}

machine_end() { # FOLDER
    local pid
    machine_runs "$1" || return 0
    pid=$(<"$1/pid")
    kill "$pid" || :
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

# Ends all guests of this run.
guest_end_all() {
    local folder
    for folder in "$guests"/*/; do
        [ ! -d "$folder" ] || guest_end "$(basename "$folder")"
    done
}

# The share is mounted on /vagrant, and a file written on one side is seen on the other.
share_works() { # NAME
    local share=$guests/$1/share
    guest_ssh "$1" 'grep -q "^vagrant /vagrant vboxsf " /proc/mounts && echo guest >/vagrant/from-the-guest'
    [ "$(<"$share/from-the-guest")" = guest ]
    echo host >"$share/from-the-host"
    [ "$(guest_ssh "$1" cat /vagrant/from-the-host)" = host ]
}

# What a state is made of: a box, or another state. A box as it is, is a state too.
state_origin() { # STATE
    [ -e "$lab/states/$1" ] || {
        say "there is no state $1; there are: rocky debian $(cd "$lab/states" && echo *)"
        return 1
    }
    local origin
    origin=$(sed -n 's/^# from: //p' "$lab/states/$1")
    echo "${origin:-rocky}"
}

# Starts a guest in a state, which is made once and kept.
scenario_guest() { # NAME STATE
    keep_state "$2"
    guest_start "$1" "$2"
}

keep_state() { # STATE
    local origin
    [ -e "$snapshots/$1/memory" ] || case $1 in
        rocky | debian) alone "$1" stage "boot the box $1 once and keep it" first_boot "$1" ;;
        *)
            origin=$(state_origin "$1")
            keep_state "$origin"
            alone "$1" stage "make the state $1 and keep it" make_state "$1" "$origin"
            ;;
    esac
}

# Runs a command that makes a state, unless somebody else has made it meanwhile.
alone() { # STATE COMMAND…
    local state=$1
    shift
    mkdir -p "$snapshots"
    (
        flock 9
        [ -e "$snapshots/$state/memory" ] || "$@"
    ) 9>"$snapshots/$state.lock"
}

first_boot() { # BOX
    guest_boot "state-$1" "$1"
    guest_snapshot "state-$1" "$1"
}

make_state() { # STATE ORIGIN
    local name=state-$1
    guest_start "$name" "$2"
    cp "$cache/VBoxGuestAdditions_7.1.4.iso" "$guests/$name/share/additions.iso"
    cat "$lab/support/break.sh" "$lab/states/$1" | guest_ssh "$name" sudo bash -s
    ! grep -q '^# restarted' "$lab/states/$1" || guest_restart "$name"
    guest_snapshot "$name" "$1"
}
