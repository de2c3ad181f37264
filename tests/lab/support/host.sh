# shellcheck shell=bash disable=SC2154,SC2016
# A host around a guest of the lab: a VirtualBox, which host/VBoxManage stands in for, and a Vagrant
# project, in which boxdoctor runs as a user would run it. Sourced after guest.sh.

boxdoctor=${BOXDOCTOR:-${CARGO_TARGET_DIR:-$lab/../../target}/debug/boxdoctor}

# Makes the guest's share the folder of a Vagrant project whose machine is this guest, below a
# VirtualBox of this version.
host_project() { # NAME [VERSION]
    local share=$guests/$1/share id
    id=$(</proc/sys/kernel/random/uuid)
    host_empty "$@"
    host_machine "$1" default "$id"
    host_set "$1" '.machines += [$machine]' --argjson machine "$(
        jq -n --arg folder "$guests/$1" --arg name "${1}_default_1700000000000_12345" --arg uuid "$id" \
            --arg port "$(<"$guests/$1/port")" --arg share "$share" '{
                name: $name, uuid: $uuid, folder: $folder, state: "running", mac: "080027123456",
                forwarding: [["ssh", "tcp", "127.0.0.1", $port, "", "22"]],
                shares: [{name: "vagrant", path: $share, transient: false}],
                properties: {}, extradata: {}, snapshots: []
            }'
    )"
}

# The same before the first `vagrant up`, which takes the guest from the box.
host_empty() { # NAME [VERSION]
    local folder=$guests/$1 share=$guests/$1/share version=${2:-7.1.4}
    jq -n --arg version "${version}r165100" --arg iso "$cache/VBoxGuestAdditions_$version.iso" --arg folder "$folder" \
        '{version: $version, iso: $iso, folder: "\($folder)/machines", fault: "", machines: []}' >"$folder/virtualbox.json"
    vagrantfile "$1" "  $(ssh_port config "$1")"
    # As much of a box as the real Vagrant wants to see.
    local box=$folder/vagrant.d/boxes/lab/0/virtualbox
    mkdir -p "$box"
    echo '{"provider": "virtualbox"}' >"$box/metadata.json"
    echo "$folder" >"$box/box.ovf"
    echo 'Vagrant.configure("2") { |config| config.vm.base_mac = "080027123456" }' >"$box/Vagrantfile"
    # The key with which a box comes that was never started.
    install -m 600 "$cache/key" "$folder/vagrant.d/insecure_private_key"
}

vagrantfile() { # NAME LINES
    cat >"$guests/$1/share/Vagrantfile" <<PROJECT
Vagrant.configure("2") do |config|
  config.vm.box = "lab"
  config.vm.box_check_update = false
  config.ssh.insert_key = false
$2
end
PROJECT
}

# Vagrant would take port 2222 or the next that is free, and so would every other project at this time.
ssh_port() { # OBJECT GUEST
    echo "$1.vm.network \"forwarded_port\", id: \"ssh\", guest: 22, host: $(<"$guests/$2/port"), host_ip: \"127.0.0.1\""
}

# What Vagrant has written of a machine that it has started once.
host_machine() { # NAME MACHINE UUID
    local share=$guests/$1/share machine=$guests/$1/share/.vagrant/machines/$2/virtualbox
    mkdir -p "$machine"
    printf '%s' "$3" >"$machine/id"
    install -m 600 "$cache/key" "$machine/private_key"
    # What it mounted when all was well.
    jq -n --arg share "$share" '{virtualbox: {"/vagrant": {guestpath: "/vagrant", hostpath: $share}}}' \
        >"$machine/synced_folders"
}

# Makes several guests, each of which has a project, the machines of the project of the first. What they
# share is its folder, once Vagrant has started them.
host_together() { # NAME NAME…
    local name lines='' id
    for name in "$@"; do
        lines+="  config.vm.define \"$name\" do |$name|"$'\n'"    $(ssh_port "$name" "$name")"$'\n'"  end"$'\n'
        id=$(jq -r '.machines[0].uuid' "$guests/$name/virtualbox.json")
        host_machine "$1" "$name" "$id"
        [ "$name" != "$1" ] || continue
        host_set "$1" '.machines += $others' --argjson others "$(jq .machines "$guests/$name/virtualbox.json")"
        mv "$guests/$name/share" "$guests/$name/share.alone"
        ln -s "$guests/$1/share" "$guests/$name/share"
    done
    rm -r "$guests/$1/share/.vagrant/machines/default"
    vagrantfile "$1" "${lines%$'\n'}"
}

# Changes what the VirtualBox knows, or what is wrong with it: host_set NAME '.fault = "hangs"'
host_set() { # NAME FILTER [OPTION…]
    local state=$guests/$1/virtualbox.json
    jq "${@:3}" "$2" "$state" >"$state.changed"
    mv "$state.changed" "$state"
}

# Runs a program in the project, where VirtualBox and boxdoctor's own state are those of this guest.
on_host() { # NAME PROGRAM [WORD…]
    local folder=$guests/$1
    shift
    (
        cd "$folder/share"
        # A program, and no function of the same name.
        env -u BOXDOCTOR PATH="$lab/host:$folder/bin:$PATH" LAB_VBOX_STATE="$folder/virtualbox.json" VAGRANT_HOME="$folder/vagrant.d" \
            VAGRANT_CHECKPOINT_DISABLE=1 BOXDOCTOR_STATE_DIR="$folder/journals" "$@"
    )
}

doctor() { # NAME [WORD…]
    on_host "$1" "$boxdoctor" "${@:2}"
}
