# shellcheck shell=bash disable=SC2154
# Light guests of the lab: start one, keep it, end it. Sourced after support/guest.sh, whose
# guest_ssh, guest_wait, guest_end and share_works are the same for them.

light_states=$cache/light/states

# Built anew when it, or a box, has changed. Nobody else may build at that time.
light_build() {
    local sum mark=$cache/light.built
    sum=$(cat "$cache"/{rocky,debian}.built "$lab/support/break.sh" "$lab"/{states,light/states}/* "$lab"/light/{build,start,sshd,inittab,reboot,make,*.[ch]} | sha256sum)
    [ "$(cat "$mark" 2>/dev/null)" != "$sum" ] || return 0
    rm -f "$mark"
    stage 'build light guests' "$lab/light/build" "$cache"
    echo "$sum" >"$mark"
}

# Starts a light guest in a state, which is made once and kept; a box as it is, is a state too.
light_guest() { # NAME STATE
    light_keep "$2"
    light_start "$1" "$2"
}

light_start() { # NAME STATE
    local folder=$guests/$1
    light_folder "$@"
    if [ -e "$light_states/$2" ]; then
        echo "$light_states/$2/kernel" >"$folder/kernel.from"
        sed -n 's/^# room: //p' "$(light_script "$2")" >"$folder/room"
    fi
    setsid "$lab/light/machine" "$folder" </dev/null >"$folder/machine.log" 2>&1 9>&- &
    guest_wait "$1"
}

# A light guest in a state, that is off.
light_off() { # NAME STATE
    light_keep "$2"
    light_folder "$@"
}

light_folder() { # NAME STATE
    local folder=$guests/$1
    guest_end "$1"
    rm -rf "$folder"
    mkdir -p "$folder/share"
    # The user of the guest has this number too.
    chown 1000:1000 "$folder/share"
    light_layers "$2" >"$folder/layers"
    free_port >"$folder/port"
    printf 'vagrant\t%s\n' "$folder/share" >"$folder/shares"
}

# What makes a state: the lab's own script, where there is none for light guests.
light_script() { # STATE
    local script=$lab/light/states/$1
    [ -e "$script" ] || script=$lab/states/$1
    [ -e "$script" ] || {
        say "there is no state $1; there are: rocky debian $(cd "$lab/states" && echo *)"
        return 1
    }
    echo "$script"
}

light_origin() { # STATE
    local script origin
    script=$(light_script "$1")
    origin=$(sed -nE 's/^# (from|box): //p' "$script")
    echo "${origin:-rocky}"
}

# The folders that lie over each other, the uppermost first.
light_layers() { # STATE
    local state=$1
    until [[ $state =~ ^(rocky|debian)$ ]]; do
        printf '%s:' "$light_states/$state/written"
        state=$(light_origin "$state")
    done
    echo "$cache/light/layer:$cache/$state"
}

light_keep() { # STATE
    local origin
    [[ ! $1 =~ ^(rocky|debian)$ ]] && [ ! -e "$light_states/$1" ] || return 0
    origin=$(light_origin "$1")
    light_keep "$origin"
    (
        flock 9
        [ -e "$light_states/$1" ] || stage "make the light state $1 and keep it" light_make "$1" "$origin"
    ) 9>"$cache/light.lock"
}

light_make() { # STATE ORIGIN
    local name=state-$1 kept=$light_states/$1 script folder
    folder=$guests/$name
    script=$(light_script "$1")
    light_start "$name" "$2"
    osirrox -report_about FATAL -indev "$cache/VBoxGuestAdditions_7.1.4.iso" \
        -extract /VBoxLinuxAdditions.run "$folder/share/VBoxLinuxAdditions.run"
    cat "$lab/support/break.sh" "$script" | guest_ssh "$name" sudo bash -s
    ! grep -q '^# restarted' "$script" || guest_restart "$name"
    rm -rf "$kept.new"
    mkdir -p "$kept.new"
    # The guest's disk is in the namespace of its machine.
    cp -a "/proc/$(<"$folder/pid")/root$folder/disk/written" "$kept.new"
    cp -a "$folder/kernel" "$kept.new"
    guest_end "$name"
    rm -rf "$folder"
    mv "$kept.new" "$kept"
}
