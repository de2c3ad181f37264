# Who holds a lock of a package manager: `PROCESS FILE PROGRAM`, one a line. Neither sudo nor fuser is needed.
holder() { # process file
  line=
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null
  program=${line#*'('}; program=${program%)*}
  # The number of a process that has ended, or of a file on another disk, can be anybody's by now.
  case $program in
    *apt* | *dpkg* | unattended* | *dnf* | *yum* | *rpm* | *[Zz]yp* | y2* | *[Pp]ackage* | apk | pacman | pamac* | python* | synaptic | update-manager)
      echo "$1 $2 $program" ;;
  esac
}

held() {
  # yum, dnf and zypper write who they are, and leave that behind when they are killed.
  for file in /var/run/yum.pid /var/run/zypp.pid /var/cache/dnf/*.pid /var/lib/dnf/*.pid; do
    [ -s "$file" ] || continue
    process=
    { read -r process rest <"$file"; } 2>/dev/null
    case $process in '' | *[!0-9]*) ;; *) holder "$process" "$file" ;; esac
  done
  # The others lock a file that is always there; the kernel tells who does.
  set --
  for file in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock \
    /var/lib/rpm/.rpm.lock /usr/lib/sysimage/rpm/.rpm.lock /lib/apk/db/lock; do
    [ ! -e "$file" ] || set -- "$@" "$file"
  done
  if [ "$#" != 0 ]; then
    # `INODE FILE`, over and over.
    files=$(ls -i "$@")
    while read -r number kind manner access process place rest; do
      [ "$kind" != '->' ] || continue
      set -- $files
      while [ "$#" -gt 1 ]; do
        [ "$1" != "${place##*:}" ] || holder "$process" "$2"
        shift 2
      done
    done </proc/locks
  fi
  # pacman only looks whether the file is there, and whoever was killed has left it.
  [ ! -e /var/lib/pacman/db.lck ] || {
    found=
    for process in /proc/[0-9]*; do
      line=
      { IFS= read -r line <"$process/stat"; } 2>/dev/null
      case $line in *'(pacman)'* | *'(pamac'* | *'(packagekitd)'*) found=${process#/proc/} ;; esac
    done
    if [ -n "$found" ]; then holder "$found" /var/lib/pacman/db.lck
    else echo '0 /var/lib/pacman/db.lck -'; fi
  }
}
