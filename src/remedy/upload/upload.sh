# Takes in a file that the user sends. $task, $name (the SHA-256 of the whole file), $length, and the
# size and the number of the blocks of which digests are wanted stand above. The user can write in
# $upload, and nobody but root in $received: what is in there does not change behind root's back.
base=/var/lib/boxdoctor
received=$base/received
say() { echo "$nonce $*"; exit 3; }

[ "$(id -u)" = 0 ] || say no-root
umask 077
user=${SUDO_UID:-0}; group=${SUDO_GID:-0}
case $user$group in *[!0-9]*) say no-root ;; esac
upload=$base/upload-$user
part=$upload/$name.part
taken=$received/$name.taken
arrived=$received/$name

look() { # path: $kind (nothing where nothing is), how many names it has, $owner and $size
  set -f
  set -- $(ls -ldn "$1" 2>/dev/null)
  set +f
  kind=${1:-} names=${2:-} owner=${3:-} size=${5:-}
}

own() { # path mode owner group: makes a folder, or sees that it is nobody else's
  look "$1"
  case $kind in
    '') mkdir "$1" 2>/dev/null || say no-folder ;;
    # Root's own is half made: it was to become the user's.
    d*) [ "$owner" = "$3" ] || [ "$owner" = 0 ] || say in-the-way "$1" ;;
    *) say in-the-way "$1" ;;
  esac
  chown "$3:$4" "$1" && chmod "$2" "$1" || say no-folder
}

empty=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
digest() { # of the standard input
  case $with in
    sha256sum) sha256sum ;;
    openssl) openssl dgst -sha256 ;;
    python3) python3 -c 'import hashlib, sys
digest = hashlib.sha256()
for piece in iter(lambda: sys.stdin.buffer.read(1 << 20), b""):
    digest.update(piece)
print(digest.hexdigest())' ;;
    perl) perl -MDigest::SHA -e 'print Digest::SHA->new(256)->addfile(*STDIN)->hexdigest, "\n"' ;;
  esac 2>/dev/null | tr -cs 0-9a-f '\n' | grep -x '.\{64\}'
}
for with in sha256sum openssl python3 perl none; do
  [ "$with" != none ] || say no-digest
  [ "$(digest </dev/null)" != "$empty" ] || break
done

give_back() { # $taken to the user, who could put a link into its way as long as the folder is theirs
  chown 0:0 "$upload" && rm -f "$part" 2>/dev/null
  look "$part"
  case $kind in '') mv -f "$taken" "$part" ;; esac
  chown "$user:$group" "$upload"
}

is_right() { # path
  [ "$(digest <"$1")" = "$name" ]
}

room() { # in KiB, for users other than root
  set -- $(df -Pk "$base" 2>/dev/null | tail -n 1)
  room=${4:-0}
}

copy() { # path: a copy of root's own of it, which is looked at before it counts
  new=$received/$name.$nonce
  if ! cp "$1" "$new" 2>/dev/null; then
    rm -f "$new"
    room
    return 2
  fi
  chmod 600 "$new"
  if is_right "$new" && mv -f "$new" "$arrived"; then return 0; fi
  rm -f "$new"
  return 1
}

elsewhere() { # the same file, where Vagrant's plug-in or a person has put it
  home=$( (getent passwd "$user" || grep "^[^:]*:[^:]*:$user:" /etc/passwd) 2>/dev/null |
    head -n 1 | cut -d : -f 6)
  for found in "${home:-/root}"/VBoxGuestAdditions*.iso /tmp/VBoxGuestAdditions*.iso \
    /root/VBoxGuestAdditions*.iso; do
    look "$found"
    case $kind in -*) ;; *) continue ;; esac
    [ "$size" = "$length" ] && is_right "$found" && copy "$found" && return 0
  done
  return 1
}

case $task in
  prepare)
    own "$base" 711 0 0
    own "$received" 700 0 0
    own "$upload" 700 "$user" "$group"
    look "$arrived"
    case $kind in
      '') ;;
      -*) if is_right "$arrived"; then say arrived; else rm -f "$arrived"; fi ;;
      *) say in-the-way "$arrived" ;;
    esac
    elsewhere && say arrived
    # What an earlier attempt was about to take over is still the user's.
    look "$taken"
    case $kind in -*) give_back ;; esac
    rm -f "$received/$name".*
    look "$part"
    case $kind in
      '') size=0 ;;
      -*) [ "$owner $names" = "$user 1" ] || say in-the-way "$part" ;;
      *) say in-the-way "$part" ;;
    esac
    is=$size
    room
    echo "$nonce room $room $is $user"
    block=0
    while [ "$block" -lt "$blocks" ] && [ "$is" != 0 ]; do
      sum=$(dd bs="$block_size" skip="$block" count=1 <"$part" 2>/dev/null | digest)
      [ "$sum" != "$empty" ] || break
      echo "$nonce block $sum"
      block=$((block + 1))
    done
    say end
    ;;
  accept)
    mv -f "$part" "$taken" 2>/dev/null || say wrong
    look "$taken"
    case $kind in
      -*) ;;
      # Whatever it is, it came from the user.
      *) give_back; say in-the-way "$part" ;;
    esac
    if [ "$size" != "$length" ]; then rm -f "$taken"; say wrong; fi
    if [ "$user $owner $names" = "0 0 1" ]; then
      chmod 600 "$taken"
      is_right "$taken" && mv -f "$taken" "$arrived" && say arrived
    else
      # The user may hold the file open, and could write in it after it was looked at.
      copy "$taken"
      case $? in
        0) rm -f "$taken"; say arrived ;;
        2) give_back; say no-room "$room" ;;
      esac
    fi
    rm -f "$taken"
    say wrong
    ;;
  clear)
    for folder in "$base"/upload-* "$received"; do
      look "$folder"
      case $kind in d*) ;; *) continue ;; esac
      rm -f "$folder"/* "$folder"/.[!.]* 2>/dev/null
      rmdir "$folder" 2>/dev/null || say in-the-way "$folder"
    done
    for try in "$base"/try-*; do # of mounting, which somebody has interrupted
      umount "$try/mount" 2>/dev/null
      rm -f "$try/iso"
      rmdir "$try/mount" "$try" 2>/dev/null
    done
    rmdir "$base" 2>/dev/null
    say cleared
    ;;
esac
