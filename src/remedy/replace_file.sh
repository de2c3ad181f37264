# Replaces what a file of the guest holds, or puts it back. $path, $backup, $before and $after (their
# SHA-256) and the function `content` (the new bytes) stand above; the last word says what came of it.
new=
undo_half() { # what was made for a change that did not happen
  [ -z "$new" ] || rm -f "$new"
  [ -z "${copied:-}" ] || rm -f "$backup"
}
say() { undo_half; echo "$nonce $1"; exit 3; }
sum() { sum=$(sha256sum <"$1") || sum=; sum=${sum%% *}; }

belongs() { # file: whose it is, and its mode; some cp keep neither and say nothing
  set -f
  set -- $(ls -ldn "$1")
  belongs="$1 ${3:-} ${4:-}"
}

ordinary() { # file
  [ ! -h "$1" ] || say link
  [ -e "$1" ] || say missing
  [ -f "$1" ] || say no-file
  set -f
  # The mode and the number of names; what follows is not looked at.
  set -- $(ls -ldn "$1")
  [ "${2:-0}" = 1 ] || say other-names
  case $1 in ??w*) ;; *) say read-only ;; esac
}

copy() { # from to, with owner, mode, label and all
  cp --preserve=all "$1" "$2" 2>/dev/null || cp -p "$1" "$2" 2>/dev/null || return 1
  belongs "$1"; was=$belongs; belongs "$2"
  [ "$was" = "$belongs" ]
}

command -v sha256sum >/dev/null 2>&1 || say no-digest
ordinary "$path"

folder=${path%/*}/
if [ "$(id -u)" = 0 ]; then
  # In a folder where another user may write, a name can become a link at any moment.
  belongs "$folder"
  case $belongs in ?????w* | ????????w* | *' '[1-9]*' '*) say unsafe-folder ;; esac
elif [ ! -w "$folder" ]; then say no-root
fi

if [ "$task" = restore ]; then
  sum "$path"
  if [ "$sum" = "$before" ]; then rm -f "$backup"; say done; fi
  [ "$sum" = "$after" ] || say changed
  [ -f "$backup" ] && [ ! -h "$backup" ] || say no-backup
  sum "$backup"
  [ "$sum" = "$before" ] || say backup-changed
  mv -f "$backup" "$path" || say folder
  sum "$path"
  [ "$sum" = "$before" ] && say done
  say overwritten
fi

command -v mktemp >/dev/null 2>&1 || say no-temporary
sum "$path"
[ "$sum" = "$before" ] || say changed
[ ! -e "$backup" ] && [ ! -h "$backup" ] || say backup-exists
new=$(mktemp "$path.boxdoctor-new.XXXXXX" 2>/dev/null) || { new=; say folder; }
copied=yes
copy "$path" "$backup" || say attributes
copy "$path" "$new" || say attributes
if [ -e /sys/fs/selinux/enforce ] && command -v chcon >/dev/null 2>&1; then
  chcon --reference="$path" "$backup" "$new" 2>/dev/null || say attributes
fi
sum "$backup"
[ "$sum" = "$before" ] || say folder
content >"$new" 2>/dev/null || say folder
sum "$new"
[ "$sum" = "$after" ] || say not-written
sync "$backup" "$new" 2>/dev/null || :
# Nobody may have written in the meantime.
ordinary "$path"
sum "$path"
[ "$sum" = "$before" ] || say changed
mv -f "$new" "$path" || say folder
new=; copied=
sum "$path"
[ "$sum" = "$after" ] && say done
say overwritten
