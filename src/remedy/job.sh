# Runs a command of root's that outlives the connection, and tells how far it is. $name and $task,
# and for a start the function `command_text`, stand above. Everything of a job lies in one folder
# that only root can read.
base=/var/lib/boxdoctor
job=$base/$name
boot_id() { cat /proc/sys/kernel/random/boot_id 2>/dev/null; }
say() { echo "$nonce $*"; exit 3; }

[ "$(id -u)" = 0 ] || say no-root
umask 077

case $task in
  start)
    # Begun before a connection broke: it is not begun again.
    [ ! -d "$job" ] || say started
    mkdir -p "$base" && mkdir "$job" && command_text >"$job/command" || say folder
    boot_id >"$job/boot"
    set -- sh -c 'cd /; echo $$ >"$1/process"
# What is installed is for everybody.
( umask 022; exec sh "$1/command" ) </dev/null >"$1/output" 2>&1
echo $? >"$1/status.new" && mv "$1/status.new" "$1/status"' sh "$job"
    command -v setsid >/dev/null 2>&1 && set -- setsid "$@"
    # The end of a terminal that sudo was given must not be its end; and whoever holds the
    # connection's streams holds the connection.
    trap '' HUP
    ( exec "$@" ) </dev/null >/dev/null 2>&1 3>&- 4>&- 5>&- 6>&- &
    say started
    ;;
  poll)
    [ -d "$job" ] || say none
    naps=0
    while :; do
      # The status is read first: what is written before it is then there.
      status=$(cat "$job/status" 2>/dev/null)
      size=$(wc -c <"$job/output" 2>/dev/null) || size=0
      size=$((size))
      [ -z "$status" ] && [ "$size" -le "$offset" ] && [ "$naps" -lt "$longest" ] || break
      process=$(cat "$job/process" 2>/dev/null)
      if [ "$(boot_id)" != "$(cat "$job/boot")" ]; then status=rebooted; break; fi
      if [ -n "$process" ] && ! kill -0 "$process" 2>/dev/null && [ ! -e "$job/status" ]; then
        status=killed; break
      fi
      sleep 1; naps=$((naps + 1))
    done
    echo "$nonce progress ${status:-running} $size"
    [ "$size" -le "$offset" ] || tail -c "+$((offset + 1))" "$job/output" | head -c "$most"
    exit 3
    ;;
  remove)
    rm -rf "$job"
    rmdir "$base" 2>/dev/null
    say removed
    ;;
esac
