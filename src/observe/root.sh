# Root, through sudo, for the script in $as_root. $password holds what sudo wants, where that is known.

# A command line is logged by sudo and seen by everybody: what root's shell is to do comes on its
# standard input, behind a line of its own. A password that sudo did not want comes before that line,
# and is passed over. Where sudo takes the line itself for a second password, nothing is run.
begin=': script'
prompt=
root_shell="IFS= read -r line; [ \"\$line\" = '$begin' ] || IFS= read -r line;"
root_shell="$root_shell [ \"\$line\" = '$begin' ] || exit 4; unset line; eval \"\$(cat)\"; exit 3"

put() { # line: by the shell itself, because everybody sees what another program is given
  case $(command -v printf) in
    */*) print -r -- "$1" ;;
    *) printf '%s\n' "$1" ;;
  esac
}
type_in() {
  [ -z "$password" ] || put "$password"
  put "$begin"; put "$as_root"
}

# Some guests have a sudo that wants a terminal (requiretty). It gets one from script(1), but only to
# be there: what goes in and out goes past it, byte for byte. A master that nobody writes to is an
# input that neither says anything nor ends, which an old script(1) would take for its own end.
on_a_terminal() { # command
  {
    code=$(
      {
        SHELL=/bin/sh root_shell=$root_shell script -q -c \
          "{ $1; } <&7 >&8 2>&9 4>&- 7<&- 8>&- 9>&-; echo \"status \$?\" >&4" \
          /dev/null 4>&1 </dev/ptmx >/dev/null 2>&1 &
        echo "process $!"
        wait
      } | see_to_its_end
    )
  } 7<&0 8>&1 9>&2
  return "${code:-2}"
}

# An old script(1) that was not yet waiting when its command ended waits for ever: it is told again.
see_to_its_end() {
  process=; status=
  while [ -z "$process" ] || [ -z "$status" ]; do
    read -r word number || break
    case $word in process) process=$number ;; status) status=$number ;; esac
  done
  echo "$status"
  ( while sleep 1; do kill -CHLD "$process"; done ) </dev/null >/dev/null 2>&1 7<&- 8>&- 9>&- &
  dog=$!
  # Nothing more comes but the end.
  cat >/dev/null
  { kill -9 "$dog"; wait "$dog"; } 2>/dev/null
}

ask_sudo() { # options, quoted: 1 is sudo's own word, which root's shell cannot say
  run="sudo $1 sh -c \"\$root_shell\""
  if [ -z "$terminal" ]; then eval "$run"; else on_a_terminal "$run"; fi
}

try_sudo() {
  # Without its memory: a password leaves nothing behind that opens the way to somebody else.
  if [ -n "$password" ]; then type_in | ask_sudo "-k -S -p '$prompt'"; else type_in | ask_sudo -n; fi
}

# Status 1: root was refused, and nothing was run. 3 and 4 are those of root's shell.
reach_root() {
  command -v sudo >/dev/null 2>&1 || return 1
  terminal=
  try_sudo
  code=$?
  if [ "$code" = 1 ] && wants_terminal && has_terminal; then
    terminal=yes
    try_sudo
    code=$?
  fi
  return "$code"
}
become_root() {
  reach_root
  case $? in 3) return 0 ;; 1) return 1 ;; *) return 2 ;; esac
}
wants_terminal() { case $(sudo -n true 2>&1 </dev/null) in *' tty '*) ;; *) return 1 ;; esac; }
has_terminal() { command -v script >/dev/null 2>&1 && [ -r /dev/ptmx ]; }
