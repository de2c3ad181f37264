# Runs the script in $as_root as root. The script goes to sudo on its standard input: a command line is
# logged by sudo and seen by everybody. Status 1: root was refused, and nothing was run.
become_root() {
  command -v sudo >/dev/null 2>&1 || return 1
  printf '%s\n' "$as_root" | sudo -n sh -c 'eval "$(cat)"; exit 3'
  # 1 is sudo's own word, which the script cannot say.
  case $? in 3) ;; 1) return 1 ;; *) return 2 ;; esac
}
