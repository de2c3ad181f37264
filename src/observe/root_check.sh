# Says whether root can be had, and what stands in the way.
say() { echo "$nonce $1"; exit 3; }
if [ "$(id -u)" = 0 ] || needless; then say had; fi
command -v sudo >/dev/null 2>&1 || say no-sudo
as_root=:
# Nothing follows the password that sudo could take for a second one: a wrong one counts once.
[ -z "$password" ] || type_in() { put "$password"; }
# Whose password it is: sudo can be set to want root's.
prompt="$nonce %p:"
reach_root
case $? in
  3 | 4) say had ;;
  1) ! wants_terminal || has_terminal || say no-terminal ;;
esac
say "refused $(id -un)"
