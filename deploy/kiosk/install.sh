#!/bin/bash
# Makes a Debian computer a station's computer. It can be run again, also with another gateway.
set -euo pipefail

usage() {
  cat >&2 <<TEXT
usage: install.sh --gateway URL [--allow URL]… [--no-packages]

  --gateway URL   address of Cầu Nối, such as https://caunoi.vn
  --allow URL     another address that may be opened, such as the payment provider's pages
  --no-packages   does not install the packages
TEXT
  exit 2
}

gateway='' packages=yes allowed=()
while [ $# -gt 0 ]; do
  case $1 in
    --gateway) gateway=${2:?} && shift 2 ;;
    --allow) allowed+=("${2:?}") && shift 2 ;;
    --no-packages) packages=no && shift ;;
    *) usage ;;
  esac
done
gateway=${gateway%/}
address='^(https://[A-Za-z0-9.-]+(:[0-9]+)?|http://(127\.0\.0\.1|localhost)(:[0-9]+)?)$'
[[ $gateway =~ $address ]] || { echo "The gateway's address begins with https:// and has no path." >&2 && usage; }
for each in "${allowed[@]}"; do
  [[ $each =~ ^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$ ]] || { echo "Not an address: $each" >&2 && usage; }
done
[ "$(id -u)" = 0 ] || { echo 'Run this as root.' >&2 && exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
lib=/usr/local/lib/caunoi-kiosk

if [ $packages = yes ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -q
  apt-get install -y -q --no-install-recommends \
    chromium chromium-sandbox xserver-xorg xserver-xorg-legacy xinit x11-xserver-utils openbox dbus-x11 libpam-systemd \
    fonts-noto-core fcitx5 fcitx5-unikey fcitx5-frontend-gtk3 cups cups-client sane-utils python3 ca-certificates
fi

# Users without password and shell. The browser's user cannot read the scanner's credential.
for user in caunoi-kiosk caunoi-scanner; do
  id -u $user >/dev/null 2>&1 || useradd --system --user-group --home-dir /nonexistent --shell /usr/sbin/nologin $user
done
usermod -aG video,input,audio caunoi-kiosk

install -d -m 755 $lib /etc/caunoi-kiosk /etc/chromium/policies/managed /etc/X11/xorg.conf.d
install -d -m 700 -o caunoi-scanner -g caunoi-scanner /var/lib/caunoi-scanner
install -m 755 "$here/session" "$here/cookie" $lib/
rm -rf $lib/agent
install -d -m 755 $lib/agent
install -m 644 "$here"/agent/*.py $lib/agent/
install -m 644 "$here/openbox.xml" /etc/caunoi-kiosk/openbox.xml
install -m 644 "$here/xorg.conf" /etc/X11/xorg.conf.d/90-caunoi-kiosk.conf
install -m 644 "$here/caunoi-kiosk.service" "$here/caunoi-scanner.service" /etc/systemd/system/
printf 'GATEWAY=%s\n' "$gateway" >/etc/caunoi-kiosk/kiosk.conf

list=$(printf '"%s", ' "$gateway" "${allowed[@]}")
sed -e "s|\"@GATEWAY@\"\]|${list%, }]|" -e "s|@GATEWAY@|$gateway|" "$here/policies.json" \
  >/etc/chromium/policies/managed/caunoi-kiosk.json

# CUPS keeps neither the file nor the title of what was printed.
for option in PreserveJobHistory PreserveJobFiles; do
  sed -i "/^$option /d" /etc/cups/cupsd.conf
  echo "$option No" >>/etc/cups/cupsd.conf
done

# Lets Xorg use the console from a service, not only for somebody who has signed in there.
printf 'allowed_users=anybody\nneeds_root_rights=auto\n' >/etc/X11/Xwrapper.config

systemctl disable getty@tty1.service >/dev/null 2>&1 || true
systemctl enable caunoi-kiosk.service caunoi-scanner.service
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart cups.service
  systemctl restart caunoi-scanner.service caunoi-kiosk.service
fi
echo "Done. Enrol this computer on its screen: $gateway/kiosk/ghi-danh"
