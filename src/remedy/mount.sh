# Mounts shared folders as Vagrant does. One that fails does not keep the others from being mounted.
failed=0
# mount takes the name of a share for a file's where there is such a file: here there is none.
cd /proc/self/task 2>/dev/null || cd /

# Whether this share is mounted, or one on this place, both as the list of mounts has them.
is_mounted() {
  while read -r share place kind rest; do
    [ "$kind" = vboxsf ] || continue
    [ "$share" != "$1" ] && [ "$place" != "$2" ] || return 0
  done </proc/mounts
  return 1
}

user_id() {
  case $1 in
    -*) echo "there is no user $1" >&2; return 1 ;;
    *[!0-9]*) id -u "$1" ;;
    *) echo "${1:-${SUDO_UID:-0}}" ;;
  esac
}

# The group of the same name as the user may be missing: then it is the user's own group.
group_id() {
  case $1 in
    -*) echo "there is no group $1" >&2; return 1 ;;
    *[!0-9]*)
      entry=$(getent group "$1") || { [ "$1" = "$2" ] && id -g "$1"; return; }
      entry=${entry#*:*:}
      echo "${entry%%:*}"
      ;;
    *) echo "${1:-${SUDO_GID:-0}}" ;;
  esac
}

# The kernel's own vboxsf has no use for the helper of the Guest Additions, and an old helper does
# not know _netdev, by which systemd takes a share for what needs the network.
attempt() {
  said=$(mount -t vboxsf -o "$3,_netdev" -- "$1" "$2" 2>&1) && return 0
  case $said in
    *-cit*) said=$(mount -cit vboxsf -o "$3,_netdev" -- "$1" "$2" 2>&1) ;;
    *_netdev*) said=$(mount -t vboxsf -o "$3" -- "$1" "$2" 2>&1) ;;
    *) return 1 ;;
  esac
}

# NAME PLACE OPTIONS OWNER GROUP, and NAME and PLACE as the list of mounts would have them.
share() {
  is_mounted "$6" "$7" && return 0
  user=$(user_id "$4") && group=$(group_id "$5" "$4") && mkdir -p -- "$2" || return 1
  # Vagrant tries again, too: a guest that has just started may not be ready. A mount that could not
  # be written down ends with an error, and is there.
  for pause in 0 5 5; do
    sleep "$pause"
    attempt "$1" "$2" "${3:+$3,}uid=$user,gid=$group" && return 0
    is_mounted "$6" "$7" && return 0
  done
  printf '%s\n' "$said"
  return 1
}

