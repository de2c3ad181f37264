# shellcheck shell=bash disable=SC2154
# Light guests of the lab: start one, keep it, end it. Sourced after support/guest.sh, whose
# guest_ssh, guest_wait, guest_end and share_works are the same for them.

light_states=$cache/light/states

# Built anew when it, or a box, has changed. Nobody else may build at that time.
light_build() {
    local sum mark=$cache/light.built
    sum=$(cat "$cache"/{rocky,debian}.built "$lab/support/break.sh" "$lab"/light/{build,start,sshd,inittab,reboot,make,*.[ch]} | sha256sum)
    [ "$(cat "$mark" 2>/dev/null)" != "$sum" ] || return 0
    rm -f "$mark"
    stage 'build light guests' "$lab/light/build" "$cache"
    echo "$sum" >"$mark"
}

# Starts a light guest from a box, or from a state that was kept.
light_start() { # NAME BOX [STATE]
    local folder=$guests/$1
    guest_end "$1"
    rm -rf "$folder"
    mkdir -p "$folder/share"
    # The user of the guest has this number too.
    chown 1000:1000 "$folder/share"
    echo "$2" >"$folder/box"
    [ -z "${3:-}" ] || echo "$light_states/$3" >"$folder/state"
    free_port >"$folder/port"
    setsid "$lab/light/machine" "$folder" </dev/null >"$folder/machine.log" 2>&1 9>&- &
    guest_wait "$1"
}

# Starts a light guest in a state, which is made once and kept.
light_guest() { # NAME STATE
    local box
    box=$(state_box "$2")
    case $2 in
        rocky | debian) light_start "$1" "$box" && return ;;
    esac
    (
        flock 9
        [ -e "$light_states/$2/kernel" ] || stage "make the light state $2 and keep it" make_light_state "$2" "$box"
    ) 9>"$cache/light.lock"
    light_start "$1" "$box" "$2"
}

make_light_state() { # STATE BOX
    local name=state-$2-$1 kept=$light_states/$1
    light_start "$name" "$2"
    cat "$lab/support/break.sh" "$lab/states/$1" | guest_ssh "$name" sudo bash -s
    rm -rf "$kept" "$kept.new"
    mkdir -p "$kept.new"
    # The guest's disk is in the namespace of its machine.
    cp -a "/proc/$(<"$guests/$name/pid")/root$guests/$name/disk/written" "$kept.new"
    cp -a "$guests/$name/kernel" "$kept.new"
    guest_end "$name"
    rm -rf "$guests/$name"
    mv "$kept.new" "$kept"
}
