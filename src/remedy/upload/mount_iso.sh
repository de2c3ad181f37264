# Whether an ISO can be mounted here: a very small one is tried, in a folder that only root can enter.
base=/var/lib/boxdoctor
try=$base/try-$nonce
say() { echo "$nonce $*"; exit 3; }

[ "$(id -u)" = 0 ] || say no-root
umask 077
[ ! -h "$base" ] && { [ -d "$base" ] || mkdir "$base"; } && chmod 711 "$base" && mkdir "$try" ||
  say no-folder
put() { # where what: bytes in octal into the image
  printf "$2" | dd of="$try/iso" bs=1 seek="$1" conv=notrunc 2>/dev/null
}

# Nineteen sectors: sixteen for nobody, the volume, its end, and the folder that is all of it.
sector=2048
folder='\042\000\022\000\000\000\000\000\000\022\000\010\000\000\000\000\010\000'
folder=$folder'\000\000\000\000\000\000\000\002\000\000\001\000\000\001\001'
volume=$((16 * sector))
dd if=/dev/zero of="$try/iso" bs=$sector count=19 2>/dev/null
put $volume '\001CD001\001'
put $((volume + 80)) '\023\000\000\000\000\000\000\023'
put $((volume + 120)) '\001\000\000\001\001\000\000\001\000\010\010\000'
put $((volume + 156)) "$folder\\000"
put $((volume + 881)) '\001'
put $((17 * sector)) '\377CD001\001'
put $((18 * sector)) "$folder\\000$folder\\001"

mkdir "$try/mount"
# Where they are built in or loaded already there is nothing to do.
modprobe loop 2>/dev/null
modprobe isofs 2>/dev/null
can=no
if mount -t iso9660 -o loop,ro "$try/iso" "$try/mount" 2>/dev/null; then
  can=yes
  umount "$try/mount" 2>/dev/null || umount -l "$try/mount"
fi
rm -f "$try/iso"
rmdir "$try/mount" "$try"
rmdir "$base" 2>/dev/null
say "$can"
