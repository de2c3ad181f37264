# What klist says of the user's tickets, and where they cannot be kept.
said=$(klist 2>&1); code=$?
# Without a cache there is no valid ticket either.
valid=$code; [ "$code" != 0 ] || { klist -s; valid=$?; }
echo "status $valid"
# Some shells' echo makes two lines of one.
[ -z "${KRB5CCNAME+set}" ] || printf 'setting %s\n' "$KRB5CCNAME"
file=
case $said in
  *"(filename: "*) file=${said##*"(filename: "} ;;
  *"(ticket cache FILE:"*) file=${said##*"(ticket cache FILE:"} ;;
esac
if [ -n "$file" ]; then
  file=${file%")"*}
  case $file in */*) folder=${file%/*}; folder=${folder:-/} ;; *) folder=. ;; esac
  # In a folder like /tmp nobody takes away what is another's.
  other() { [ -n "$(find "$1" -prune ! -user "$(id -u)")" ]; }
  case $file in /*) ;; *) file=./$file ;; esac
  if [ ! -d "$folder" ] || [ ! -w "$folder" ] || [ ! -x "$folder" ]; then printf 'closed %s\n' "$folder"
  elif [ -d "$file" ]; then printf 'foreign %s\n' "$file"
  elif [ -e "$file" ] && [ -k "$folder" ] && [ "$(id -u)" != 0 ] && other "$file" && other "$folder"
  then printf 'foreign %s\n' "$file"
  fi
fi
printf '\n%s\n' "$said"
exit "$code"
