# Whether KDCs are found and answer. A line says what was asked, of whom, and what came of it.
outcome() { # status words
  case $1:$2 in
    0:*) echo ok ;;
    # Ended by the watchdog, or by the shell that reads.
    137:* | 142:* | *"timed out"* | *TIMEOUT*) echo timeout ;;
    *refused*) echo refused ;;
    *"not known"* | *esolution* | *"No address"*) echo unknown ;;
    *) echo failed ;;
  esac
}

try() { # kind command; $host and $port are asked
  words=$(bounded 3 "$2" 2>&1 >/dev/null); code=$?
  echo "$1 $host $port $(outcome "$code" "$words")"
}

kdc() { # host port
  host=$1; port=$2
  if command -v getent >/dev/null 2>&1; then
    bounded 3 'getent ahosts "$host"' >/dev/null 2>&1; code=$?
    [ "$code" = 0 ] || [ "$code" = 137 ] || { echo "name $host $port unknown"; return; }
  fi
  if command -v bash >/dev/null 2>&1; then
    try tcp 'bash -c "exec 3<>/dev/tcp/\$0/\$1" "$host" "$port"'
    # A shell writes line by line, and a datagram must be one piece.
    try udp 'bash -c "exec 3<>/dev/udp/\$0/\$1 && printf \"\$2\" | dd obs=4096 >&3 && read -r -t 2 -n 1 <&3" "$host" "$port" "$request"'
    return
  fi
  for python in python3 python python2 /usr/libexec/platform-python; do
    command -v "$python" >/dev/null 2>&1 || continue
    program='import binascii, socket, sys
host, port, request = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if request:
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_DGRAM)[0]
    s = socket.socket(*found[:3]); s.settimeout(2); s.connect(found[4])
    s.send(binascii.unhexlify(request.replace("\\x", ""))); s.recv(1)
else:
    socket.create_connection((host, port), 2)'
    try tcp '"$python" -c "$program" "$host" "$port" ""'
    try udp '"$python" -c "$program" "$host" "$port" "$request"'
    return
  done
  if command -v nc >/dev/null 2>&1; then
    # Some say nothing without -v, and some wait for a KDC to hang up without -z.
    options='-w 2'
    for option in -v -z; do
      case $(nc -h 2>&1 </dev/null) in *"$option"[!a-z-]*) options="$options $option" ;; esac
    done
    try tcp 'IFS=" "; nc $options "$host" "$port" </dev/null'
  else
    echo "tcp $host $port unasked"
  fi
  echo "udp $host $port unasked"
}

from_dns() { # realm
  realm=$1
  if command -v dig >/dev/null 2>&1; then answer=$(bounded 5 'dig +short +time=2 +tries=1 SRV "_kerberos._tcp.$realm" SRV "_kerberos._udp.$realm"')
  elif command -v host >/dev/null 2>&1; then answer=$(bounded 5 'host -W 2 -t SRV "_kerberos._tcp.$realm"; host -W 2 -t SRV "_kerberos._udp.$realm"')
  elif command -v nslookup >/dev/null 2>&1; then answer=$(bounded 5 'nslookup -type=SRV "_kerberos._tcp.$realm"; nslookup -type=SRV "_kerberos._udp.$realm"')
  else echo "dns $realm 0 unasked"; return
  fi
  hosts=' '; set -f; IFS='
'
  for line in $answer; do
    IFS=' '; set -- - $line
    while [ "$#" -gt 3 ]; do shift; done
    name=${3%.}
    # Priority, weight, port, name: whatever has no port there is no record.
    case $2 in '' | *[!0-9]*) continue ;; esac
    case $name in '' | -* | *[!A-Za-z0-9.-]*) continue ;; esac
    case $hosts in *" $name:$2 "*) ;; *) hosts="$hosts$name:$2 " ;; esac
  done
  IFS=' '; count=0
  for found in $hosts; do
    [ "$count" -lt 3 ] || break
    count=$((count + 1)); kdc "${found%:*}" "${found##*:}"
  done
  [ "$count" -gt 0 ] || case $answer in
    *"timed out"* | *"no servers"*) echo "dns $realm 0 timeout" ;;
    *) echo "dns $realm 0 unknown" ;;
  esac
}
