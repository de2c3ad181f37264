# The login user's Kerberos configuration beside /etc/krb5.conf: of each file and folder a line with
# a word and two numbers of bytes, the path, and what it holds, the names of a folder each with a /.
nl='
'
seen=$nl; left=100; room=400000; me=$(id -u)

tell() { # word path content
  echo "$1 ${#2} ${#3}"; printf '%s\n%s\n' "$2" "$3"
}

is_known() { # path: what includes itself is looked at once
  case $seen in *"$nl$1$nl"*) return 0 ;; esac
  seen=$seen$1$nl
  [ "$left" -gt 0 ] || return 0
  left=$((left - 1)); return 1
}

gone() { # path: missing, unless a folder above it hides it
  above=$1; word=missing
  while :; do
    case $above in */*) above=${above%/*} ;; *) break ;; esac
    [ -d "$above/" ] || continue
    [ -x "$above/" ] || word=denied
    break
  done
  tell "$word" "$1" ''
}

# What another user of the guest makes root read by a link must be nobody's secret. The file that is
# open on standard input is the one that is read, whatever its name leads to by now.
opened=/proc/self/fd/0
is_public() {
  [ "$me" != 0 ] || case $(ls -ldnL "$opened") in ???????r*) ;; *) return 1 ;; esac
}

look() { # path of a file
  if [ -d "$1" ]; then list "$1"; return; fi
  is_known "$1" && return
  if [ "$1" = /dev/null ]; then tell file "$1" ''; return; fi
  if [ ! -e "$1" ]; then gone "$1"; return; fi
  if [ ! -f "$1" ]; then tell odd "$1" ''; return; fi
  if [ ! -r "$1" ]; then tell denied "$1" ''; return; fi
  found=; show "$1" <"$1"
  set -f; IFS=$nl
  for found in $found; do
    while :; do case $found in *"$cr") found=${found%"$cr"} ;; *) break ;; esac; done
    case $found in f*) look "${found#f}" ;; d*) list "${found#d}" ;; esac
  done
}

show() { # path of the file on standard input; what it includes is left in $found
  if ! is_public; then tell kept "$1" ''; return; fi
  # No more is counted or read than is taken, because a file may be larger than a shell can count.
  size=$(cap $((room + 1)) <"$opened" | wc -c); size=$((size))
  if [ "$1" != /etc/krb5.conf ]; then
    if [ "$size" -gt "$room" ]; then tell large "$1" ''; return; fi
    room=$((room - size))
    echo "file ${#1} $size"; printf '%s\n' "$1"; cap "$size" <"$opened"; echo ''
  fi
  # More than Kerberos takes for a directive: a repair may make one of what is none.
  found=$(cap "$size" <"$opened" | tr '\000' '\n' | sed -n 's/^[^A-Za-z#;]*include[[:space:]]\{1,\}/f/p
s/^[^A-Za-z#;]*includedir[[:space:]]\{1,\}/d/p')
}

list() { # path of a folder
  is_known "$1/" && return
  if [ ! -e "$1" ]; then gone "$1"; return; fi
  if [ ! -d "$1" ]; then tell odd "$1" ''; return; fi
  if [ ! -r "$1" ] || [ ! -x "$1" ]; then tell denied "$1" ''; return; fi
  names=; set +f
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ -e "$entry" ] || [ -h "$entry" ] || continue
    names=$names${entry##*/}/
    # Some shells copy a text whenever it grows.
    [ "${#names}" -lt 60000 ] && [ "${#names}" -lt "$room" ] || { tell large "$1" ''; return; }
  done
  room=$((room - ${#names}))
  tell folder "$1" "$names"
  set +f
  for entry in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    case ${entry##*/} in
      *.conf) look "$entry" ;;
      *[!A-Za-z0-9_-]*) ;;
      *) look "$entry" ;;
    esac
  done
}

cr=$(printf '\r')
[ -z "${KRB5_CONFIG+set}" ] || tell set '' "$KRB5_CONFIG"
set -f; IFS=:
for path in ${KRB5_CONFIG-/etc/krb5.conf}; do look "$path"; done
:
