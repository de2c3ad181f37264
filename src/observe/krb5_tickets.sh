# What klist says of the user's tickets, and where they cannot be kept.
klist -s; echo "status $?"
[ -z "${KRB5CCNAME+set}" ] || echo "setting $KRB5CCNAME"
said=$(klist 2>&1); code=$?
case $said in
  *"(filename: "*)
    file=${said##*"(filename: "}; file=${file%")"*}
    folder=${file%/*}; folder=${folder:-/}
    [ -d "$folder" ] && [ -w "$folder" ] && [ -x "$folder" ] || echo "closed $folder" ;;
esac
printf '\n%s\n' "$said"
exit "$code"
