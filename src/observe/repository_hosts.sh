# Whether the hosts of repositories are found and answer: `KIND HOST PORT OUTCOME`, as of KDCs.
if grep -qs '^[[:space:]]*proxy[[:space:]]*=[[:space:]]*[^_[:space:]]' /etc/yum.conf /etc/dnf/dnf.conf ||
  grep -qsi '^[^/#]*Acquire::\(http\|https\)::Proxy' /etc/apt/apt.conf /etc/apt/apt.conf.d/*
then
  echo 'tcp proxy 0 untried'
  exit 0
fi

reach() { # host port
  host=$1; port=$2
  if command -v getent >/dev/null 2>&1; then
    bounded 4 'getent ahosts "$host"' >/dev/null 2>&1; code=$?
    [ "$code" = 0 ] || [ "$code" = 137 ] || { echo "name $host $port unknown"; return; }
  fi
  case $port in 443) address=https://$host/ ;; *) address=http://$host:$port/ ;; esac
  if command -v curl >/dev/null 2>&1; then
    # Whatever it answers: that there is somebody is enough. An old curl does not trust new servers.
    bounded 6 'curl -s -k -o /dev/null -m 5 "$address"' >/dev/null 2>&1; code=$?
    case $code in
      5 | 6) echo "name $host $port unknown" ;;
      7) echo "tcp $host $port refused" ;;
      28 | 137) echo "tcp $host $port timeout" ;;
      *) echo "tcp $host $port ok" ;;
    esac
  elif command -v bash >/dev/null 2>&1; then
    words=$(bounded 5 'bash -c "exec 3<>/dev/tcp/\$0/\$1" "$host" "$port"' 2>&1 >/dev/null); code=$?
    case $code:$words in
      0:*) echo "tcp $host $port ok" ;;
      137:* | *"timed out"*) echo "tcp $host $port timeout" ;;
      *refused*) echo "tcp $host $port refused" ;;
      *"not known"* | *esolution*) echo "name $host $port unknown" ;;
      *) echo "tcp $host $port failed" ;;
    esac
  else echo "tcp $host $port unasked"
  fi
}
