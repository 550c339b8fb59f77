#!/bin/bash
# Removes what install.sh has put on this computer, with its credentials. The packages stay.
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo 'Run this as root.' >&2 && exit 1; }

for unit in caunoi-kiosk.service caunoi-scanner.service; do
  [ ! -d /run/systemd/system ] || systemctl stop $unit 2>/dev/null || true
  systemctl disable $unit 2>/dev/null || true
  rm -f /etc/systemd/system/$unit
done
rm -rf /usr/local/lib/caunoi-kiosk /etc/caunoi-kiosk /var/lib/caunoi-kiosk /var/lib/caunoi-scanner
rm -f /etc/chromium/policies/managed/caunoi-kiosk.json /etc/X11/xorg.conf.d/90-caunoi-kiosk.conf
[ ! -e /etc/cups/cupsd.conf ] || sed -i -e '/^PreserveJobHistory No$/d' -e '/^PreserveJobFiles No$/d' /etc/cups/cupsd.conf
[ ! -e /etc/X11/Xwrapper.config ] || echo 'allowed_users=console' >/etc/X11/Xwrapper.config # as Debian has it
for user in caunoi-kiosk caunoi-scanner; do
  ! id -u $user >/dev/null 2>&1 || userdel $user
done
systemctl enable getty@tty1.service >/dev/null 2>&1 || true
[ ! -d /run/systemd/system ] || systemctl daemon-reload
echo 'Done. Revoke the devices at the ward, too: their credentials are good until then.'
