# What klist says of the user's tickets, and where they cannot be kept.
said=$(klist 2>&1); code=$?
# Without a cache there is no valid ticket either.
valid=$code; [ "$code" != 0 ] || { klist -s; valid=$?; }
echo "status $valid"
[ -z "${KRB5CCNAME+set}" ] || echo "setting $KRB5CCNAME"
case $said in
  *"(filename: "*)
    file=${said##*"(filename: "}; file=${file%")"*}
    folder=${file%/*}; folder=${folder:-/}
    [ -d "$folder" ] && [ -w "$folder" ] && [ -x "$folder" ] || echo "closed $folder" ;;
esac
printf '\n%s\n' "$said"
exit "$code"
