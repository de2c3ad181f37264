# Asks a guest everything in one go. Whatever POSIX shell the guest has runs this: nothing here is
# newer than dash, busybox ash, mksh or an old bash, and no file is written, because a full disk is
# one of the things we come to find.
#
# Each answer stands between two marks on standard output and on standard error. A mark begins with
# a number ($nonce) that nothing in the guest can know beforehand, so no file can fake one.

mark() { # words...
  up=0
  { IFS=' ' read -r up rest </proc/uptime; } 2>/dev/null
  echo ""; echo "$nonce $* $up"
}
marks() { mark "$@" >&3; mark "$@" >&6; }

if (echo x | head -c 1) >/dev/null 2>&1
then
  cap() { head -c "$1"; }
  # The same in a pipe, in whose own process it can be: each question then has two processes fewer.
  cut_off() { exec head -c "$1"; }
else
  cap() { dd bs=1 count="$1" 2>/dev/null; }
  cut_off() { cap "$1"; }
fi

see() { # file: 127 where there is none, 126 where it may not be read
  [ -e "$1" ] || [ -h "$1" ] || return 127
  [ -r "$1" ] || return 126
  cat "$1"
}

with() { # tool: what cannot be asked without it is unknown, not absent
  command -v "$1" >/dev/null 2>&1 || { echo "the guest has no $1" >&2; exit 126; }
}

slay() { # process: ends it and all its descendants, found through /proc alone
  # Each is stopped as soon as it is found, because what stands still begets no more; and the first
  # goes last, because its end is waited for, and then this watchdog is ended too.
  kill -STOP "$1"
  family=" $1 "; others=; grown=yes
  while [ -n "$grown" ]; do
    grown=
    for stat in /proc/[0-9]*/stat; do
      line=
      { IFS= read -r line <"$stat"; } 2>/dev/null
      pid=${line%% *}; rest=${line##*') '}; rest=${rest#* }; parent=${rest%% *}
      case $family in
        *" $pid "*) ;;
        *" $parent "*) kill -STOP "$pid"; family="$family$pid "; others="$others $pid"; grown=yes ;;
      esac
    done
  done
  [ -z "$others" ] || kill -9 $others
  kill -9 "$1"
}

# Not every guest has `timeout`, and an old busybox spells it differently: a watchdog of our own.
# It is ended the hard way, because not every shell looks at a softer signal before its nap is over,
# and the naps are short, because a nap outlives it.
bounded() { # seconds command
  ( eval "$2" ) </dev/null &
  job=$!
  (
    naps=0
    while [ "$naps" -lt "$1" ]; do sleep 1; naps=$((naps + 1)); done
    slay "$job"
  ) </dev/null >/dev/null 2>&1 &
  dog=$!
  # Some shells tell on standard error who was killed.
  { wait "$job"; code=$?; kill -9 "$dog"; wait "$dog"; } 2>/dev/null
  return "$code"
}

# A command that leaves a process behind which keeps its output open is waited for until the whole
# time is up: shells keep copies of their pipes that no watchdog inside one can close.
# The command gets neither the marks' streams nor the status pipe, and each of its streams is cut
# at its limit; the status travels past both cuts on its own pipe.
ask() { # id seconds bytes error-bytes command [file or tool that it is about]
  marks begin "$1"
  # Most guests lack most of these: saying so at once saves eight processes each.
  case ${6:-} in
    '') ;;
    /*) [ -e "$6" ] || [ -h "$6" ] || { marks end "$1" 127; return; } ;;
    *) command -v "$6" >/dev/null 2>&1 || { marks end "$1" 127; return; } ;;
  esac
  status=$(
    { { { bounded "$2" "$5" 3>&- 4>&- 5>&- 6>&-; echo "$?" >&4; } 2>&1 >&5 5>&- | cut_off "$4" >&6; } 5>&1 |
      cut_off "$3" >&3; } 4>&1
  )
  marks end "$1" "${status:-137}"
}
