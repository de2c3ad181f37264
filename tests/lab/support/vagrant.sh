# shellcheck shell=bash disable=SC2154
# The real Vagrant, and boxdoctor as it calls it. Sourced by the scenarios, and brings the rest with it.
# shellcheck source=tests/lab/support/fix.sh
. "$lab/support/fix.sh"

# A light guest in this state that Vagrant has never started, below the newest VirtualBox that Debian's
# Vagrant knows.
newcomer() { # NAME STATE [VERSION]
    light_off "$1" "$2"
    host_empty "$1" "${3:-7.0.4}"
    on_path "$1" "$(readlink -f "$boxdoctor")"
}

# What the block in the Vagrantfile finds by the name of boxdoctor.
on_path() { # NAME PROGRAM
    mkdir -p "$guests/$1/bin"
    ln -sf "$2" "$guests/$1/bin/boxdoctor"
}

# Vagrant has to end with a status. What it said is kept; its standard input is a pipe that nobody writes
# to and nobody closes.
vagrant() { # NAME STATUS WORD…
    local name=$1 expected=$2 log=$guests/$1/vagrant.log status=0
    shift 2
    [ -e "$guests/$name/nobody" ] || mkfifo "$guests/$name/nobody"
    on_host "$name" timeout 900 vagrant "$@" <>"$guests/$name/nobody" >"$log" 2>&1 || status=$?
    # Without the calls that led to an error of Ruby.
    sed '/^\tfrom /d; s/^/   | /' "$log" >&2
    [ "$status" = "$expected" ] || {
        say "vagrant $* ended with $status, and not with $expected"
        exit 1
    }
}

# Whether the last Vagrant said this.
told() { # NAME TEXT
    grep -qF -- "$2" "$guests/$1/vagrant.log" || {
        say "Vagrant, or boxdoctor inside of it, did not say: $2"
        exit 1
    }
}

# Vagrant still knows the machine, and it runs.
stands() { # NAME
    guest_runs "$1"
    [[ $(on_host "$1" vagrant status --machine-readable) == *,default,state,running* ]]
}

# How often Vagrant has called boxdoctor.
called() { # NAME TIMES
    [ "$(grep -c 'Running trigger: boxdoctor' "$guests/$1/vagrant.log")" = "$2" ]
}
