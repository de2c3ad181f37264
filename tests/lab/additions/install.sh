#!/bin/bash
# What the installer's archive runs once it is unpacked: install.sh [install|uninstall] [OPTION…]
version=@VERSION@ revision=@REVISION@ machine=@MACHINE@
config=/var/lib/VBoxGuestAdditions/config
log=/var/log/vboxadd-install.log
# The archive unpacks itself with a stricter one.
umask 022
into=/opt/VBoxGuestAdditions-$version

stop() { # STATUS MESSAGE
    echo "$2" >&2
    exit "$1"
}

verb=install force= setup=yes cleanup=yes
for word in "$@"; do
    case $word in
        install | uninstall) verb=$word ;;
        --force) force=yes ;;
        --no-setup) setup= ;;
        --no-cleanup) cleanup= ;;
        /*) into=$word/VBoxGuestAdditions-$version ;;
        *) stop 1 "Unknown option $word" ;;
    esac
done

[ "$(id -u)" = 0 ] || stop 1 'This program must be run with administrator privileges.  Aborting'
[ "$(uname -m)" = "$machine" ] || stop 1 "Detected unsupported $(uname -m) machine type."
command -v bzip2 >/dev/null || stop 1 'bzip2 not found.  Please install: bzip2 tar; and try again.'

remove() {
    local directory module
    directory=$(. "$config" && echo "$INSTALL_DIR")
    if [ -n "$cleanup" ]; then
        for module in /lib/modules/*/misc/vbox{guest,sf}.ko; do rm -f "$module"; done
    fi
    rm -f /sbin/rcvboxadd /etc/init.d/vboxadd /sbin/mount.vboxsf /usr/sbin/VBoxService /usr/bin/VBoxControl \
        /usr/src/vboxguest-* "$config"
    rmdir /var/lib/VBoxGuestAdditions
    [ -z "$directory" ] || rm -rf -- "$directory"
}

if [ "$verb" = uninstall ]; then
    [ ! -e "$config" ] || remove
    exit 0
fi

echo "VirtualBox Guest Additions installer"
{
    echo "Installing VirtualBox Guest Additions, version $version"
    date
} >>"$log"
if [ -e "$config" ]; then
    echo "Removing installed version $(. "$config" && echo "$INSTALL_VER") of VirtualBox Guest Additions..."
    remove || stop 1 'Failed to remove existing installation.  Aborting...'
elif compgen -G '/opt/VBoxGuestAdditions-*' >/dev/null && [ -z "$force" ]; then
    echo 'You appear to have a version of the VBoxGuestAdditions software on your system'
    echo 'which was installed from a different source or using a different type of installer.'
    read -r -p 'Do you wish to continue? [yes or no] ' answer
    [ "$answer" = yes ] || stop 1 'Cancelling installation.'
fi
was_loaded=
! grep -qs '^vboxguest ' /proc/modules || was_loaded=yes

echo 'Copying additional installer modules ...'
mkdir -p "$into"
tar -xjf "$(dirname "$0")/VBoxGuestAdditions.tar.bz2" -C "$into" || exit 1
echo 'Installing additional modules ...'
ln -sf "$into/init/vboxadd" /sbin/rcvboxadd
ln -sf "$into/init/vboxadd" /etc/init.d/vboxadd
ln -sf "$into/other/mount.vboxsf" /sbin/mount.vboxsf
ln -sf "$into/sbin/VBoxService" /usr/sbin/VBoxService
ln -sf "$into/bin/VBoxControl" /usr/bin/VBoxControl
ln -sfn "$into/src" "/usr/src/vboxguest-$version"
mkdir -p "${config%/*}"
cat >"$config" <<CONFIG
# VirtualBox Guest Additions installation record.
INSTALL_DIR='$into'
INSTALL_VER='$version'
INSTALL_REV='$revision'
UNINSTALLER='uninstall.sh'
BUILD_TYPE='release'
CONFIG
printf '#!/bin/sh\nexec "$(dirname "$0")/install.sh" uninstall\n' >"$into/uninstall.sh"
cp "$0" "$into/install.sh"
chmod 755 "$into"/*.sh

[ -n "$setup" ] || exit 0
"$into/init/vboxadd" setup 2>&1 | tee -a "$log"
if [ -n "$was_loaded" ]; then
    echo 'Running kernel modules will not be replaced until the system is restarted' | tee -a "$log"
    exit 2
fi
# Whether vboxsf was built and loaded is not asked, as in the real one.
modinfo vboxguest >/dev/null 2>&1 && grep -qs '^vboxguest ' /proc/modules || exit 1
