# Holds a guest while it is repaired, and clears away what repairs leave behind. $task, $owner and
# $longest stand above. Everything of boxdoctor in a guest is in one folder.
base=/var/lib/boxdoctor
lock=$base/lock
say() { echo "$nonce $*"; exit 3; }

[ "$(id -u)" = 0 ] || say no-root
umask 077

# Seconds since anybody has worked here: an upload touches its file, a job its lock.
silence() {
  newest=0
  for file in "$lock/owner" "$base"/upload-*/*; do
    changed=$(stat -c %Y "$file" 2>/dev/null) || continue
    [ "$changed" -le "$newest" ] || newest=$changed
  done
  echo $(($(date +%s) - newest))
}

case $task in
  hold)
    mkdir -p "$base" && chmod 711 "$base" || say no-room
    mkdir "$lock" 2>/dev/null || {
      holder=$(cat "$lock/owner" 2>/dev/null)
      silent=$(silence)
      # Whoever was killed holds nothing for ever, and less long where a power cut took the name.
      [ -n "$holder" ] || longest=60
      [ "$holder" = "$owner" ] || [ "$silent" -lt 0 ] || [ "$silent" -gt "$longest" ] || say busy "$silent"
    }
    echo "$owner" >"$lock/owner" || say no-room
    jobs=
    for job in "$base"/*/command; do
      [ ! -e "$job" ] || { job=${job%/command}; jobs="$jobs ${job##*/}"; }
    done
    say held $jobs
    ;;
  release)
    holder=$(cat "$lock/owner" 2>/dev/null)
    [ -z "$holder" ] || [ "$holder" = "$owner" ] || say released
    umount "$base/medium" 2>/dev/null
    rmdir "$base/medium" 2>/dev/null
    # A medium that is still mounted is left alone with all around it.
    [ ! -e "$base/medium" ] || say released
    for entry in "$base"/*; do
      case $entry in
        */upload-*)
          # What is deeper in a user's folder can become a link to elsewhere while root removes it.
          rm -f "$entry"/* "$entry"/.[!.]* 2>/dev/null
          rmdir "$entry"
          ;;
        *) rm -rf "$entry" ;;
      esac
    done 2>/dev/null
    rmdir "$base" 2>/dev/null
    say released
    ;;
esac
