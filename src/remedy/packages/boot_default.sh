# Makes the kernel $release the one that starts from now on, and looks whether that came true. $mend
# installs its packages again: a transaction that was cut off leaves a kernel without the rest.
boot=/boot
stop() { echo "boxdoctor: $*"; exit 1; }

is_whole() {
  image= initial=
  for file in "$boot/vmlinuz-$release" "$boot/Image-$release"; do
    [ ! -e "$file" ] || image=$file
  done
  for file in "$boot/initramfs-$release.img" "$boot/initrd-$release.img" \
    "$boot/initrd-$release" "$boot/initrd.img-$release"; do
    [ ! -e "$file" ] || initial=$file
  done
  [ -n "$image" ] && [ -n "$initial" ] || return 1
  ! command -v grubby >/dev/null 2>&1 || grubby --info="$image" >/dev/null 2>&1
}

is_whole || { eval "$mend"; is_whole; } ||
  stop "$release has no kernel, no initial file system or no entry in the boot menu below $boot"

if command -v grubby >/dev/null 2>&1; then
  grubby --set-default="$image"
  default=$(grubby --default-kernel)
  [ "$default" = "$image" ] || stop "the guest would still start $default, not $image"
  exit 0
fi

# GRUB's menu: what it starts by itself, its first kernel, and the entry of this kernel. An entry
# that has the kernel's name in its own keeps its meaning when the menu is written again.
read_menu() {
  awk -v image="${image##*/}" -v release="$release" '
    function name(line) {
      if (match(line, /(--id|\$menuentry_id_option) +\047[^\047]*\047/)) line = substr(line, RSTART, RLENGTH)
      sub(/^[^\047]*\047/, "", line); sub(/\047.*$/, "", line)
      return line
    }
    /^[ \t]*set default=/ && !/next_entry/ { starts = $0; sub(/^[^=]*="?/, "", starts); sub(/"?[ \t]*$/, "", starts) }
    /^[ \t]*submenu / { menu = name($0) ">"; menu_depth = depth }
    /^[ \t]*menuentry / { entry = menu name($0); rescue = ($0 ~ /recovery|rescue/); entries++ }
    /^[ \t]*linux(16|efi)?[ \t]/ {
      kernel = $2; sub(/^.*\//, "", kernel)
      if (entries == 1) first = kernel
      if (kernel == image && !rescue) { if (index(entry, release)) { if (own == "") own = entry } else other = entry }
    }
    /\{[ \t]*$/ { depth++ }
    /^[ \t]*\}[ \t]*$/ { depth--; if (depth <= menu_depth) menu = "" }
    END { print starts; print first; print own == "" ? other : own }
  ' "$1"
}

tool=grub
! command -v grub2-set-default >/dev/null 2>&1 || tool=grub2
menu=$boot/$tool/grub.cfg
[ -r "$menu" ] || stop "there is no $menu: choose $image in the boot loader that starts this guest"
found=$(read_menu "$menu")
default=$(printf '%s\n' "$found" | sed -n 1p)
first=$(printf '%s\n' "$found" | sed -n 2p)
entry=$(printf '%s\n' "$found" | sed -n 3p)
[ -n "$entry" ] || stop "$menu has no entry for $image"
case $default in
  '${saved_entry}')
    "$tool-set-default" "$entry"
    "$tool-editenv" "$boot/$tool/grubenv" list | grep -qxF -e "saved_entry=$entry" ||
      stop "$tool-set-default did not choose $entry"
    ;;
  0)
    [ "$first" = "${image##*/}" ] ||
      stop "GRUB starts $first, the first of its menu; GRUB_DEFAULT='$entry' in /etc/default/grub and update-grub choose the other"
    ;;
  *) stop "GRUB starts $default; GRUB_DEFAULT='$entry' in /etc/default/grub and update-grub choose the other" ;;
esac
