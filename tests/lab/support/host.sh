# shellcheck shell=bash disable=SC2154
# A host around a guest of the lab: a VirtualBox, which host/VBoxManage stands in for, and a Vagrant
# project, in which boxdoctor runs as a user would run it. Sourced after guest.sh.

boxdoctor=${BOXDOCTOR:-${CARGO_TARGET_DIR:-$lab/../../target}/debug/boxdoctor}

# Makes the guest's share the folder of a Vagrant project whose machine is this guest, below a
# VirtualBox of this version.
host_project() { # NAME [VERSION]
    local folder=$guests/$1 share=$guests/$1/share version=${2:-7.1.4} id machine
    id=$(</proc/sys/kernel/random/uuid)
    jq -n --arg version "${version}r165100" --arg iso "$cache/VBoxGuestAdditions_$version.iso" --arg folder "$folder" \
        --arg name "${1}_default_1700000000000_12345" --arg uuid "$id" --arg port "$(<"$folder/port")" --arg share "$share" '{
            version: $version, iso: $iso, folder: $folder, fault: "", machines: [{
                name: $name, uuid: $uuid, folder: $folder, state: "running", mac: "080027123456",
                forwarding: [["ssh", "tcp", "127.0.0.1", $port, "", "22"]],
                shares: [{name: "vagrant", path: $share, transient: false}],
                properties: {}, extradata: {}, snapshots: []
            }]
        }' >"$folder/virtualbox.json"
    machine=$share/.vagrant/machines/default/virtualbox
    mkdir -p "$machine"
    printf '%s' "$id" >"$machine/id"
    install -m 600 "$cache/key" "$machine/private_key"
    # What Vagrant mounted when all was well.
    jq -n --arg share "$share" '{virtualbox: {"/vagrant": {guestpath: "/vagrant", hostpath: $share}}}' \
        >"$machine/synced_folders"
    cat >"$share/Vagrantfile" <<'PROJECT'
Vagrant.configure("2") do |config|
  config.vm.box = "lab"
  config.vm.box_check_update = false
  config.ssh.insert_key = false
end
PROJECT
    # As much of a box as the real Vagrant wants to see of one that was imported long ago.
    local box=$folder/vagrant.d/boxes/lab/0/virtualbox
    mkdir -p "$box"
    echo '{"provider": "virtualbox"}' >"$box/metadata.json"
    : >"$box/box.ovf"
    echo 'Vagrant.configure("2") { |config| config.vm.base_mac = "080027123456" }' >"$box/Vagrantfile"
}

# Changes what the VirtualBox knows, or what is wrong with it: host_set NAME '.fault = "hangs"'
host_set() { # NAME FILTER
    local state=$guests/$1/virtualbox.json
    jq "$2" "$state" >"$state.changed"
    mv "$state.changed" "$state"
}

# Runs a program in the project, where VirtualBox and boxdoctor's own state are those of this guest.
on_host() { # NAME PROGRAM [WORD…]
    local folder=$guests/$1
    shift
    (
        cd "$folder/share"
        # A program, and no function of the same name.
        env PATH="$lab/host:$PATH" LAB_VBOX_STATE="$folder/virtualbox.json" VAGRANT_HOME="$folder/vagrant.d" \
            VAGRANT_CHECKPOINT_DISABLE=1 BOXDOCTOR_STATE_DIR="$folder/journals" "$@"
    )
}

doctor() { # NAME [WORD…]
    on_host "$1" "$boxdoctor" "${@:2}"
}
